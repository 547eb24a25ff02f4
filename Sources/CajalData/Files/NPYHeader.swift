import Cajal

/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`
struct NPYHeader {
  var descriptor = ""
  var isFortranOrder = false
  var shape: [Int] = []

  init(_ bytes: [UInt8], name: String) throws {
    var parser = Parser(bytes: bytes, name: name)
    try parser.expect("{")
    var seen: Set<String> = []
    while !parser.take("}") {
      let key = try parser.text()
      try parser.expect(":")
      switch key {
      case "descr":
        guard parser.peek() != UInt8(ascii: "[") else {
          throw CajalError(
            .unsupported, name, expected: "elements of one type", given: "the array has named fields",
            advice: "Save each field as an array of its own.")
        }
        descriptor = try parser.text()
      case "fortran_order": isFortranOrder = try parser.boolean()
      case "shape": shape = try parser.tuple()
      default: throw parser.unexpected("the keys descr, fortran_order and shape")
      }
      seen.insert(key)
      if !parser.take(",") {
        try parser.expect("}")
        break
      }
    }
    guard seen.count == 3 else { throw parser.unexpected("the keys descr, fortran_order and shape") }
  }

  /// As much of Python's literals as the header may use.
  private struct Parser {
    let bytes: [UInt8]
    let name: String
    var position = 0

    mutating func peek() -> UInt8? {
      while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
      return position < bytes.count ? bytes[position] : nil
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard peek() == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws {
      guard take(character) else { throw unexpected("'\(character)'") }
    }

    mutating func text() throws -> String {
      guard let quote = peek(), quote == 0x27 || quote == 0x22 else { throw unexpected("a quoted word") }
      position += 1
      guard let end = bytes[position...].firstIndex(of: quote) else { throw unexpected("the closing quote") }
      defer { position = end + 1 }
      return String(decoding: bytes[position..<end], as: UTF8.self)
    }

    mutating func boolean() throws -> Bool {
      _ = peek()
      for (word, value) in [("True", true), ("False", false)] where bytes[position...].starts(with: word.utf8) {
        position += word.utf8.count
        return value
      }
      throw unexpected("True or False")
    }

    mutating func tuple() throws -> [Int] {
      try expect("(")
      var sizes: [Int] = []
      while !take(")") {
        var value = 0
        var digits = 0
        while let byte = peek(), (0x30...0x39).contains(byte), digits < 18 {
          value = value * 10 + Int(byte - 0x30)
          digits += 1
          position += 1
        }
        _ = take("L")
        guard digits > 0, sizes.count < 32 else { throw unexpected("at most 32 sizes") }
        sizes.append(value)
        if !take(",") {
          try expect(")")
          break
        }
      }
      return sizes
    }

    func unexpected(_ expected: String) -> CajalError {
      CajalError(
        .format, name, expected: "\(expected) in the NPY header", given: "byte \(position) of it is something else")
    }
  }
}
