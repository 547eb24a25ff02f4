/// The value of a layer's property where a file has none, because an older version or library wrote it.
public protocol SavedDefault: Sendable {
  /// What the property is.
  associatedtype Value: Codable, Sendable
  /// Its value where nothing is said.
  static var value: Value { get }
}

/// `false` where a file says nothing.
public enum Off: SavedDefault {
  public static var value: Bool { false }
}

/// A property that files may leave out.
///
/// Example: `@Defaulted<Off> public var maskZero: Bool`
@propertyWrapper public struct Defaulted<Default: SavedDefault>: Codable, Sendable {
  /// The property's value.
  public var wrappedValue: Default.Value

  /// A property with a value.
  public init(wrappedValue: Default.Value) { self.wrappedValue = wrappedValue }

  public init(from decoder: Decoder) throws {
    wrappedValue = try decoder.singleValueContainer().decode(Default.Value.self)
  }

  public func encode(to encoder: Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue)
  }
}

extension KeyedDecodingContainer {
  /// The value, or the default where there is none; synthesized decoding finds this.
  public func decode<Default>(
    _ type: Defaulted<Default>.Type, forKey key: Key
  ) throws -> Defaulted<Default> {
    try decodeIfPresent(type, forKey: key) ?? Defaulted(wrappedValue: Default.value)
  }
}
