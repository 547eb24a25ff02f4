// Configurations from Keras's form: keys in snake case, objects with a class name for what has a form of its own.

/// A value that Keras writes in its own way, whatever its Swift form looks like.
protocol KerasValue: Codable {
  init(keras value: JSONValue, _ reading: KerasReading) throws
  func kerasValue(_ writing: KerasWriting) throws -> JSONValue
}

/// Keras's key for a property: `kernelSize` → `kernel_size`, `beta1` → `beta_1`, `useEMA` → `use_ema`.
func kerasKey(_ property: String) -> String {
  let known = ["beta1": "beta_1", "beta2": "beta_2", "adamBeta1": "adam_beta_1", "adamBeta2": "adam_beta_2"]
  if let key = known[property] { return key }
  var key = ""
  let characters = Array(property)
  for (index, character) in characters.enumerated() {
    let next = index + 1 < characters.count ? characters[index + 1] : nil
    let startsWord =
      index > 0 && character.isUppercase && (!characters[index - 1].isUppercase || next?.isLowercase == true)
    key += (startsWord ? "_" : "") + character.lowercased()
  }
  for (plain, written) in [("epsilon1", "epsilon_1"), ("epsilon2", "epsilon_2"), ("beta2_", "beta_2_")]
  where key.hasPrefix(plain) {
    key = written + key.dropFirst(plain.count)
  }
  return key
}

/// Which keys of an object were asked for.
final class KerasUse {
  var keys: Set<String> = []
}

struct KerasDecoder: Decoder {
  let value: JSONValue
  let reading: KerasReading
  var codingPath: [any CodingKey] = []
  /// Properties whose keys do not follow the rule.
  var renamed: [String: String] = [:]
  var use = KerasUse()
  let userInfo: [CodingUserInfoKey: Any] = [:]

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard let object = value.isNull ? [:] : value.object else { throw misfit("an object") }
    return KeyedDecodingContainer(Keyed<Key>(decoder: self, object: object))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    switch value {
    case .array(let values): return Unkeyed(decoder: self, values: values)
    case .null: return Unkeyed(decoder: self, values: [])
    case .integer, .number: return Unkeyed(decoder: self, values: [value])  // one number stands for a list of one
    default: throw misfit("a list")
    }
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(decoder: self) }

  func misfit(_ expected: String) -> CajalError {
    CajalError(
      .format, reading.place + (codingPath.isEmpty ? "" : " (\(codingPath.map(\.stringValue).joined(separator: ".")))"),
      expected: expected, given: "it is \(value.excerpt)")
  }

  func inner(_ value: JSONValue, _ key: any CodingKey) -> KerasDecoder {
    KerasDecoder(value: value, reading: reading, codingPath: codingPath + [key])
  }

  fileprivate static let usual: [String: JSONValue] = [
    "activation": .text("linear"), "use_bias": .bool(true), "kernel_initializer": .text("glorot_uniform"),
    "depthwise_initializer": .text("glorot_uniform"), "pointwise_initializer": .text("glorot_uniform"),
    "bias_initializer": .text("zeros"), "beta_initializer": .text("zeros"), "gamma_initializer": .text("ones"),
    "moving_mean_initializer": .text("zeros"), "moving_variance_initializer": .text("ones"),
    "padding": .text("valid"), "groups": .integer(1), "depth_multiplier": .integer(1), "axis": .integer(-1),
    "center": .bool(true), "scale": .bool(true), "momentum": .number(0.99), "epsilon": .number(1e-3),
    "use_causal_mask": .bool(false), "return_attention_scores": .bool(false), "reverse": .bool(false),
    "keepdims": .bool(false), "negative_slope": .number(0), "threshold": .number(0), "normalize": .bool(false),
  ]

  /// A list of one number stands for the number.
  private var plain: JSONValue {
    if case .array(let values) = value, values.count == 1 { return values[0] }
    return value
  }

  /// Whether the value stands in a list, as sizes of windows do.
  var isInList = false

  /// Sizes that can be multiplied with one another without harm.
  private func reasonable(_ number: Int?) throws -> Int? {
    let most = isInList ? 1 << 22 : 1 << 31
    guard let number, !(-most...most).contains(number) else { return number }
    throw misfit("a number of at most \(most)")
  }

  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    if let special = type as? any KerasValue.Type {
      guard let value = try special.init(keras: value, reading) as? T else { throw misfit("\(T.self)") }
      return value
    }
    switch type {
    case is Bool.Type: if let value = value.bool as? T { return value }
    case is String.Type: if let value = value.text as? T { return value }
    case is Double.Type: if let value = plain.number as? T { return value }
    case is Float.Type: if let value = plain.number.map({ Float($0) }) as? T { return value }
    case is Int.Type: if let value = try reasonable(plain.integer) as? T { return value }
    case is Int32.Type: if let value = plain.integer.flatMap({ Int32(exactly: $0) }) as? T { return value }
    case is Int64.Type: if let value = plain.integer.map({ Int64($0) }) as? T { return value }
    case is UInt64.Type: if let value = plain.integer.flatMap({ UInt64(exactly: $0) }) as? T { return value }
    default: return try T(from: self)
    }
    throw misfit("\(T.self)")
  }

  // MARK: - Containers

  private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: KerasDecoder
    let object: JSONObject
    var codingPath: [any CodingKey] { decoder.codingPath }
    var allKeys: [Key] { object.keys.compactMap { Key(stringValue: $0) } }

    private func value(_ key: any CodingKey) -> JSONValue? {
      let name = decoder.renamed[key.stringValue] ?? kerasKey(key.stringValue)
      // A dictionary of options keeps its keys as they are.
      let found = object[name] == nil && object[key.stringValue] != nil ? key.stringValue : name
      decoder.use.keys.insert(found)
      return object[found]
    }
    func contains(_ key: Key) -> Bool { value(key) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { value(key)?.isNull ?? true }
    private func inner(_ key: any CodingKey) throws -> KerasDecoder {
      guard let value = value(key) ?? usual(decoder.renamed[key.stringValue] ?? kerasKey(key.stringValue)) else {
        throw CajalError(
          .format, decoder.reading.place,
          expected: "the option \(decoder.renamed[key.stringValue] ?? kerasKey(key.stringValue))",
          given: "there is none")
      }
      return decoder.inner(value, key)
    }
    /// What Keras takes where an older version did not write an option.
    private func usual(_ name: String) -> JSONValue? {
      if let known = KerasDecoder.usual[name] { return known }
      guard name == "strides" || name == "dilation_rate", let axes = object["kernel_size"]?.array?.count else {
        return nil
      }
      return .array(Array(repeating: .integer(1), count: axes))
    }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try inner(key).decode(type) }
    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try inner(key).container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      try inner(key).unkeyedContainer()
    }
    func superDecoder() throws -> any Decoder { decoder }
    func superDecoder(forKey key: Key) throws -> any Decoder { try inner(key) }
  }

  private struct Unkeyed: UnkeyedDecodingContainer {
    let decoder: KerasDecoder
    let values: [JSONValue]
    var currentIndex = 0
    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { values.count }
    var isAtEnd: Bool { currentIndex >= values.count }

    private mutating func next() throws -> KerasDecoder {
      guard !isAtEnd else { throw decoder.misfit("more than \(values.count) values") }
      defer { currentIndex += 1 }
      var inner = KerasDecoder(value: values[currentIndex], reading: decoder.reading, codingPath: codingPath)
      inner.isInList = true
      return inner
    }
    mutating func decodeNil() throws -> Bool {
      guard !isAtEnd, values[currentIndex].isNull else { return false }
      currentIndex += 1
      return true
    }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().decode(type) }
    mutating func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { try next().container(keyedBy: type) }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { try next() }
  }

  private struct Single: SingleValueDecodingContainer {
    let decoder: KerasDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }
    func decodeNil() -> Bool { decoder.value.isNull }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.decode(type) }
  }
}
