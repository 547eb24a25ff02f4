/// The first of two inputs less the second, element by element.
public struct Subtract: Layer {
  public var name: LayerName
  /// Describes the layer; each option is the property of that name.
  public init(name: String? = nil) { self.name = LayerName(name) }
  public func forward(_ inputs: [Tensor]) throws -> Tensor {
    try demandInputs(inputs, exactly: 2)
    return marked(inputs[0] - inputs[1], inputs)
  }
}
