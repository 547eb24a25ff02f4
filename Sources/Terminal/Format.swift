#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Numbers as people read them.
public enum Format {
  /// A count with its thousands apart: `62,378,344`.
  public static func count(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var result = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index).isMultiple(of: 3) { result.append(",") }
      result.append(digit)
    }
    return result
  }

  /// A count with what is counted: `1 kernel`, `1,024 kernels`.
  public static func count(_ value: Int, _ noun: String) -> String { "\(count(value)) \(noun)\(value == 1 ? "" : "s")" }

  /// A size in bytes, kB, MB, GB or TB (powers of 1,000) with three significant digits: `512 B`, `12.3 MB`.
  public static func bytes(_ value: Int) -> String {
    if value.magnitude < 1_000 { return "\(value) B" }
    return scaled(Double(value), units: ["kB", "MB", "GB", "TB", "PB", "EB"])
  }

  /// A duration in its two largest units: `412 µs`, `85 ms`, `5.2 s`, `42 s`, `1 min 5 s`, `2 h 3 min`, `1 d 4 h`.
  ///
  /// - Parameter seconds: 0 or more; what is negative or not a number is shown as `?`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "?" }
    if seconds == 0 { return "0 s" }
    if seconds < 0.000_999_5 { return "\(Int((seconds * 1e6).rounded())) µs" }
    if seconds < 0.999_5 { return "\(Int((seconds * 1e3).rounded())) ms" }
    if seconds < 9.95 { return fixed(seconds, digits: 1) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3_600 { return two(whole / 60, "min", whole % 60, "s") }
    let minutes = Int((seconds / 60).rounded())
    if minutes < 1_440 { return two(minutes / 60, "h", minutes % 60, "min") }
    let hours = Int((seconds / 3_600).rounded())
    return two(hours / 24, "d", hours % 24, "h")
  }

  /// How many per second: `12,345`, `87.5`, `0.42`.
  public static func rate(_ perSecond: Double) -> String {
    guard perSecond.isFinite, perSecond >= 0, perSecond < 1e15 else { return "?" }
    if perSecond >= 99.95 { return count(Int(perSecond.rounded())) }
    return fixed(perSecond, digits: perSecond >= 9.995 ? 1 : 2)
  }

  /// A loss or metric with four decimals, or in powers of ten where those would say too little or too much: `0.0312`, `1.234e-05`.
  public static func metric(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let size = abs(value)
    if size == 0 || (size >= 0.001 && size < 9_999.995) { return fixed(value, digits: size < 999.995 ? 4 : 2) }
    return scientific(value, digits: 3)
  }

  /// A part of one as percent: `0.9871` is `98.71 %`.
  public static func percent(_ fraction: Double, digits: Int = 2) -> String {
    fraction.isFinite ? fixed(fraction * 100, digits: digits) + " %" : "?"
  }

  /// A number with this many decimals.
  public static func fixed(_ value: Double, digits: Int) -> String {
    formatted("%.\(max(0, min(17, digits)))f", value)
  }

  /// A number in powers of ten with this many decimals: `1.234e-05`.
  public static func scientific(_ value: Double, digits: Int) -> String {
    formatted("%.\(max(0, min(17, digits)))e", value)
  }

  private static func two(_ large: Int, _ largeUnit: String, _ small: Int, _ smallUnit: String) -> String {
    small == 0 ? "\(large) \(largeUnit)" : "\(large) \(largeUnit) \(small) \(smallUnit)"
  }

  private static func scaled(_ value: Double, units: [String]) -> String {
    var value = value / 1_000
    var unit = 0
    while abs(value) >= 999.5 && unit < units.count - 1 {
      value /= 1_000
      unit += 1
    }
    let digits = abs(value) >= 99.95 ? 0 : abs(value) >= 9.995 ? 1 : 2
    return fixed(value, digits: digits) + " " + units[unit]
  }

  private static func formatted(_ pattern: String, _ value: Double) -> String {
    // The longest is 1.8e308 with 17 decimals: 309 + 1 + 17 characters and a sign.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
      let written = withVaList([value]) { vsnprintf(buffer.baseAddress, buffer.count, pattern, $0) }
      guard written > 0, written < buffer.count else { return "?" }
      return String(decoding: buffer[..<Int(written)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
