/// Reads the few forms of JSON that a safetensors header has, without recursion and without trust.
///
/// Memory grows with the header's bytes alone: there is no nesting to go down into.
struct HeaderScanner {
  private let bytes: [UInt8]
  private var position = 0
  /// The file, for messages.
  private let file: String

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  // MARK: - Structure

  /// Reads `{"key": value, …}`; the closure reads each value. Keys come once.
  mutating func object(_ what: String, _ body: (inout HeaderScanner, String) throws -> Void) throws {
    try expect("{", in: what)
    skipSpace()
    if take("}") { return }
    var keys: Set<String> = []
    while true {
      skipSpace()
      let key = try string(in: what)
      guard keys.insert(key).inserted else {
        throw misfit("each name once in \(what)", "\"\(key.prefix(80))\" occurs twice")
      }
      skipSpace()
      try expect(":", in: what)
      skipSpace()
      try body(&self, key)
      skipSpace()
      if take(",") { continue }
      try expect("}", in: what)
      return
    }
  }

  /// Reads `[1, 2, 3]`, whole numbers that are not negative.
  mutating func integers(_ what: String, most: Int) throws -> [Int] {
    try expect("[", in: what)
    skipSpace()
    if take("]") { return [] }
    var values: [Int] = []
    while true {
      skipSpace()
      values.append(try integer(in: what))
      guard values.count <= most else { throw misfit("at most \(most) numbers in \(what)", "there are more") }
      skipSpace()
      if take(",") { continue }
      try expect("]", in: what)
      return values
    }
  }

  private mutating func integer(in what: String) throws -> Int {
    let start = position
    var value = 0
    while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
      let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = scaled.addingReportingOverflow(Int(bytes[position] - UInt8(ascii: "0")))
      guard !overflow, !carry else { throw misfit("numbers below 2^63 in \(what)", "one is larger") }
      value = sum
      position += 1
    }
    let isPadded = position - start > 1 && bytes[start] == UInt8(ascii: "0")
    guard position > start, !isPadded else { throw misfit("whole numbers of at least 0 in \(what)", found) }
    return value
  }

  /// Demands that nothing but blanks follows.
  mutating func end() throws {
    skipSpace()
    guard position == bytes.count else { throw misfit("blanks after the header's last brace", found) }
  }

  // MARK: - Text

  mutating func string(in what: String) throws -> String {
    try expect("\"", in: what)
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let result = String(validating: text, as: UTF8.self) else {
          throw misfit("UTF-8 text in \(what)", "a text is none")
        }
        return result
      case UInt8(ascii: "\\"): try escape(into: &text, in: what)
      case 0..<0x20: throw misfit("text without control characters in \(what)", "there is byte \(byte)")
      default: text.append(byte)
      }
    }
    throw misfit("a closing quotation mark in \(what)", "the header ends before it")
  }

  private mutating func escape(into text: inout [UInt8], in what: String) throws {
    guard position < bytes.count else { throw misfit("a character after \\ in \(what)", "the header ends") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "u"):
      var unit = try hexadecimal(in: what)
      if (0xd800..<0xdc00).contains(unit), take("\\"), take("u") {
        let low = try hexadecimal(in: what)
        guard (0xdc00..<0xe000).contains(low) else { throw misfit("pairs of surrogates in \(what)", "one is alone") }
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(unit) else {
        throw misfit("Unicode characters in \(what)", "\\u stands for none")
      }
      text += Array(String(Character(scalar)).utf8)
    default: throw misfit("an escape of JSON in \(what)", "it is \\ and byte \(byte)")
    }
  }

  private mutating func hexadecimal(in what: String) throws -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard position < bytes.count, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
        throw misfit("four hexadecimal digits after \\u in \(what)", found)
      }
      value = value * 16 + UInt32(digit)
      position += 1
    }
    return value
  }

  // MARK: - Bytes

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar, in what: String) throws {
    guard take(character) else { throw misfit("'\(character)' in \(what)", found) }
  }

  private var found: String {
    guard position < bytes.count else { return "the header ends at byte \(position)" }
    let byte = bytes[position]
    let text = (0x21..<0x7f).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    return "there is \(text) at byte \(position) of the header"
  }

  func misfit(_ expected: String, _ given: String) -> CajalError {
    CajalError(.format, file, expected: expected, given: given, advice: SafetensorsHeader.advice)
  }
}
