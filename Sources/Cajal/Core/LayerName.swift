/// A layer's name: a text if the person gave one, and a token that tells this layer from equal ones.
///
/// The token is made when the layer is made and copied with it; it is neither compared nor written.
public struct LayerName: Hashable, Sendable, Codable, ExpressibleByStringLiteral {
  /// The text, if the person gave one.
  public var text: String?
  let token = Token()
  /// The class of a layer that may be called more than once, set by `Shared`; neither compared nor written.
  private(set) var sharedClass: String?

  final class Token: Sendable {}

  /// A name for one layer; without a text it is numbered by the layer's class.
  public init(_ text: String? = nil) { self.text = text }
  /// A name under which a layer may be called more than once.
  init(_ text: String?, sharing className: String) {
    self.text = text
    self.sharedClass = className
  }
  public init(stringLiteral text: String) { self.text = text }

  public init(from decoder: Decoder) throws {
    let container = try decoder.singleValueContainer()
    text = container.decodeNil() ? nil : try container.decode(String.self)
  }

  public func encode(to encoder: Encoder) throws {
    var container = encoder.singleValueContainer()
    if let text { try container.encode(text) } else { try container.encodeNil() }
  }

  public static func == (a: LayerName, b: LayerName) -> Bool { a.text == b.text }
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
