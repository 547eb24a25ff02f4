/// Softmax along an axis: yᵢ = exp(xᵢ) / Σⱼ exp(xⱼ).
public struct Softmax: Layer {
  public var axis: Int
  public var name: LayerName

  public init(axis: Int = -1, name: String? = nil) {
    self.axis = axis
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor { input.softmax(axis: try demandAxis(axis, of: input)) }
}
