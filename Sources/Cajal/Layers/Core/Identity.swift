/// Gives its input back: a named place in a model.
public struct Identity: Layer {
  public static var passesMask: Bool { true }
  public var name: LayerName
  /// Describes the layer; each option is the property of that name.
  public init(name: String? = nil) { self.name = LayerName(name) }
  public func forward(_ input: Tensor) throws -> Tensor { input }
}
