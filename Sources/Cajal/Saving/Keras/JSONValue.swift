// JSON as Python writes it: keys keep their order, whole numbers stay whole, and NaN and Infinity are numbers.
import Foundation

/// A JSON value.
indirect enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case array([JSONValue])
  case object(JSONObject)

  var text: String? { if case .text(let text) = self { text } else { nil } }
  var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
  var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
  var isNull: Bool { self == .null }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// A whole number, also one that is written with a fraction of 0.
  var integer: Int? {
    switch self {
    case .integer(let value): return value
    case .number(let value): return Int(exactly: value)
    default: return nil
    }
  }

  var number: Double? {
    switch self {
    case .integer(let value): return Double(value)
    case .number(let value): return value
    default: return nil
    }
  }

  subscript(key: String) -> JSONValue { object?[key] ?? .null }

  /// A beginning of the value, for messages.
  var excerpt: String { String(String(decoding: JSONWriter.bytes(self), as: UTF8.self).prefix(80)) }
}

/// Keys and values in the order they were written.
struct JSONObject: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  private(set) var keys: [String] = []
  private var values: [String: JSONValue] = [:]

  init() {}
  init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }

  subscript(key: String) -> JSONValue? {
    get { values[key] }
    set {
      if let newValue {
        if values.updateValue(newValue, forKey: key) == nil { keys.append(key) }
      } else if values.removeValue(forKey: key) != nil {
        keys.removeAll { $0 == key }
      }
    }
  }

  /// Puts a value under another key.
  mutating func rename(_ old: String, to new: String) {
    guard let value = self[old] else { return }
    self[old] = nil
    self[new] = value
  }
}

/// Reads JSON of bounded depth.
struct JSONReader {
  private static let deepest = 256

  private let bytes: [UInt8]
  private let subject: String
  private var at = 0

  /// Errors: `.format` for what is no JSON.
  static func value(_ data: Data, of subject: String) throws -> JSONValue {
    var reader = JSONReader(bytes: [UInt8](data), subject: subject)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.at == reader.bytes.count else { throw reader.misfit("the end of the text") }
    return value
  }

  private init(bytes: [UInt8], subject: String) {
    self.bytes = bytes
    self.subject = subject
  }

  private func misfit(_ expected: String) -> CajalError {
    CajalError(
      .format, subject, expected: "\(expected) at byte \(at)",
      given: at < bytes.count ? "there is '\(String(decoding: bytes[at...].prefix(12), as: UTF8.self))'" : "it ends")
  }

  private mutating func skipSpace() {
    while at < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
  }

  private mutating func take(_ word: String) -> Bool {
    guard bytes[at...].starts(with: word.utf8) else { return false }
    at += word.utf8.count
    return true
  }

  private mutating func value(depth: Int) throws -> JSONValue {
    guard depth < Self.deepest else { throw misfit("at most \(Self.deepest) values inside one another") }
    skipSpace()
    guard at < bytes.count else { throw misfit("a value") }
    switch bytes[at] {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["):
      at += 1
      var values: [JSONValue] = []
      skipSpace()
      if take("]") { return .array([]) }
      repeat {
        values.append(try value(depth: depth + 1))
        skipSpace()
      } while take(",")
      guard take("]") else { throw misfit("',' or ']'") }
      return .array(values)
    case UInt8(ascii: "\""): return .text(try string())
    default:
      if take("null") { return .null }
      if take("true") { return .bool(true) }
      if take("false") { return .bool(false) }
      return try number()
    }
  }

  private mutating func object(depth: Int) throws -> JSONObject {
    at += 1
    var object = JSONObject()
    skipSpace()
    if take("}") { return object }
    repeat {
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw misfit("a key") }
      let key = try string()
      skipSpace()
      guard take(":") else { throw misfit("':'") }
      object[key] = try value(depth: depth + 1)
      skipSpace()
    } while take(",")
    guard take("}") else { throw misfit("',' or '}'") }
    return object
  }

  private mutating func number() throws -> JSONValue {
    for (word, value) in [("NaN", Double.nan), ("Infinity", .infinity), ("-Infinity", -.infinity)] where take(word) {
      return .number(value)
    }
    let start = at
    while at < bytes.count, "+-.eE0123456789".utf8.contains(bytes[at]) { at += 1 }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if let whole = Int(text) { return .integer(whole) }
    guard let value = Double(text) else {
      at = start
      throw misfit("a value")
    }
    return .number(value)
  }

  private mutating func string() throws -> String {
    at += 1
    var text: [UInt8] = []
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += try escaped()
      default: text.append(byte)
      }
    }
    throw misfit("'\"'")
  }

  private mutating func escaped() throws -> [UInt8] {
    guard at < bytes.count else { throw misfit("an escaped character") }
    let byte = bytes[at]
    at += 1
    switch byte {
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "u"):
      var unit = try hexadecimal()
      if (0xd800..<0xdc00).contains(unit), take("\\u") {
        let low = try hexadecimal()
        unit = (0xdc00..<0xe000).contains(low) ? 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00) : 0xfffd
      }
      return Array(String(Unicode.Scalar(unit).map(Character.init) ?? "\u{fffd}").utf8)
    default: return [byte]
    }
  }

  private mutating func hexadecimal() throws -> UInt32 {
    guard at + 4 <= bytes.count, let unit = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
    else { throw misfit("four hexadecimal digits") }
    at += 4
    return unit
  }
}

/// Writes JSON on one line, as Python does.
enum JSONWriter {
  static func bytes(_ value: JSONValue) -> Data {
    var text = ""
    write(value, into: &text)
    return Data(text.utf8)
  }

  private static func write(_ value: JSONValue, into text: inout String) {
    switch value {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value):
      text += value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : "\(value)"
    case .text(let value): write(value, into: &text)
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += ", " }
        write(value, into: &text)
      }
      text += "]"
    case .object(let object):
      text += "{"
      for (index, key) in object.keys.enumerated() {
        if index > 0 { text += ", " }
        write(key, into: &text)
        text += ": "
        write(object[key] ?? .null, into: &text)
      }
      text += "}"
    }
  }

  private static func write(_ string: String, into text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      default:
        if scalar.value < 0x20 {
          text += "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
        } else {
          text.unicodeScalars.append(scalar)
        }
      }
    }
    text += "\""
  }
}
