/// Softmax along an axis: yᵢ = exp(xᵢ) / Σⱼ exp(xⱼ).
public struct Softmax: Layer {
  /// The axis along which the results sum to 1.
  public var axis: Int
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(axis: Int = -1, name: String? = nil) {
    self.axis = axis
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor { input.softmax(axis: try demandAxis(axis, of: input)) }
}
