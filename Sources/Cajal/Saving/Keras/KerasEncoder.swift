// Configurations in Keras's form; the other direction is in KerasDecoder.swift.

/// Where a value under construction is put.
private final class KerasBox {
  var value: JSONValue = .null
}

struct KerasEncoder: Encoder {
  let writing: KerasWriting
  var renamed: [String: String] = [:]
  var codingPath: [any CodingKey] = []
  private let put: (JSONValue) -> Void
  let userInfo: [CodingUserInfoKey: Any] = [:]

  private init(_ writing: KerasWriting, _ renamed: [String: String], put: @escaping (JSONValue) -> Void) {
    self.writing = writing
    self.renamed = renamed
    self.put = put
  }

  /// A value in Keras's form; `renamed` names keys of its own level that do not follow the rule.
  static func value<T: Encodable>(
    of source: T, renamed: [String: String] = [:], _ writing: KerasWriting
  ) throws -> JSONValue {
    if let special = source as? any KerasValue { return try special.kerasValue(writing) }
    switch source {
    case let value as Bool: return .bool(value)
    case let value as String: return .text(value)
    case let value as Double: return .number(value)
    case let value as Float: return .float(value)
    case let value as any BinaryInteger: return .integer(Int(clamping: value))
    default: break
    }
    let box = KerasBox()
    try source.encode(to: KerasEncoder(writing, renamed) { box.value = $0 })
    return box.value
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(Keyed<Key>(encoder: self))
  }
  func unkeyedContainer() -> any UnkeyedEncodingContainer { Unkeyed(encoder: self) }
  func singleValueContainer() -> any SingleValueEncodingContainer { Single(encoder: self) }

  // MARK: - Containers

  private final class Parts {
    var object = JSONObject()
    var values: [JSONValue] = []
  }

  private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: KerasEncoder
    private let parts = Parts()
    var codingPath: [any CodingKey] { encoder.codingPath }

    init(encoder: KerasEncoder) {
      self.encoder = encoder
      encoder.put(.object(parts.object))
    }

    private func set(_ value: JSONValue, _ key: any CodingKey) {
      parts.object[encoder.renamed[key.stringValue] ?? kerasKey(key.stringValue)] = value
      encoder.put(.object(parts.object))
    }
    private func inner(_ key: any CodingKey) -> KerasEncoder {
      KerasEncoder(encoder.writing, [:]) { set($0, key) }
    }
    func encodeNil(forKey key: Key) throws { set(.null, key) }
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
      set(try KerasEncoder.value(of: value, encoder.writing), key)
    }
    // What is nil is written, as Keras writes None.
    private func encodeOptional<T: Encodable>(_ value: T?, _ key: Key) throws {
      set(try value.map { try KerasEncoder.value(of: $0, encoder.writing) } ?? .null, key)
    }
    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try encodeOptional(value, key) }
    func encodeIfPresent(_ value: String?, forKey key: Key) throws { try encodeOptional(value, key) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try encodeOptional(value, key) }
    func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try encodeOptional(value, key) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try encodeOptional(value, key) }
    func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws { try encodeOptional(value, key) }
    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { inner(key).container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { inner(key).unkeyedContainer() }
    func superEncoder() -> any Encoder { encoder }
    func superEncoder(forKey key: Key) -> any Encoder { inner(key) }
  }

  private struct Unkeyed: UnkeyedEncodingContainer {
    let encoder: KerasEncoder
    private let parts = Parts()
    var codingPath: [any CodingKey] { encoder.codingPath }
    var count: Int { parts.values.count }

    init(encoder: KerasEncoder) {
      self.encoder = encoder
      encoder.put(.array([]))
    }

    private func append(_ value: JSONValue) {
      parts.values.append(value)
      encoder.put(.array(parts.values))
    }
    private func inner() -> KerasEncoder {
      let index = parts.values.count
      append(.null)
      return KerasEncoder(encoder.writing, [:]) {
        parts.values[index] = $0
        encoder.put(.array(parts.values))
      }
    }
    func encodeNil() throws { append(.null) }
    func encode<T: Encodable>(_ value: T) throws { append(try KerasEncoder.value(of: value, encoder.writing)) }
    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
      inner().container(keyedBy: type)
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { inner().unkeyedContainer() }
    func superEncoder() -> any Encoder { inner() }
  }

  private struct Single: SingleValueEncodingContainer {
    let encoder: KerasEncoder
    var codingPath: [any CodingKey] { encoder.codingPath }
    func encodeNil() throws { encoder.put(.null) }
    func encode<T: Encodable>(_ value: T) throws { encoder.put(try KerasEncoder.value(of: value, encoder.writing)) }
  }
}
