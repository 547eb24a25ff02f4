import Foundation

/// Paths with numbers to be filled in: `model-{epoch:02d}-{val_loss:.3f}`.
enum PathPattern {
  /// The path with each `{name}` or `{name:format}` replaced; formats are `d`, `03d`, `.2f` and `.1e`, as in Keras.
  static func fill(_ pattern: String, _ values: Logs) throws -> String {
    var result = ""
    var rest = Substring(pattern)
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw misfit(pattern, expected: "a } for each {", given: "one is missing in \(pattern)")
      }
      let inner = rest[rest.index(after: open)..<close]
      let parts = inner.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      guard let value = values[name] else {
        throw misfit(
          pattern, expected: "a name of the logs in {…}",
          given: "\(name) is none of \(values.names.joined(separator: ", "))")
      }
      result += try text(value, parts.count > 1 ? String(parts[1]) : "", pattern)
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  private static func text(_ value: Double, _ format: String, _ pattern: String) throws -> String {
    let isWhole = value == value.rounded() && abs(value) < 1e15
    if format.isEmpty { return isWhole ? String(Int(value)) : String(value) }
    let digits = format.dropLast()
    let number = digits.hasPrefix(".") ? digits.dropFirst() : digits
    if number.allSatisfy({ $0.isASCII && $0.isNumber }), number.count <= 2 {
      let width = Int(number) ?? 0
      switch format.last {
      case "d" where isWhole && !digits.hasPrefix("."):
        let plain = String(abs(Int(value)))
        let filler = number.hasPrefix("0") ? "0" : " "
        let sign = value < 0 ? "-" : ""
        return sign + String(repeating: filler, count: max(0, width - plain.count - sign.count)) + plain
      case "f" where digits.hasPrefix("."): return String(format: "%.\(width)f", value)
      case "e" where digits.hasPrefix("."): return String(format: "%.\(width)e", value)
      default: break
      }
    }
    throw misfit(pattern, expected: "a format such as 02d or .3f", given: "it is \(format) for \(value) in \(pattern)")
  }

  private static func misfit(_ pattern: String, expected: String, given: String) -> CajalError {
    CajalError(.argument, "ModelCheckpoint", expected: expected, given: given)
  }
}
