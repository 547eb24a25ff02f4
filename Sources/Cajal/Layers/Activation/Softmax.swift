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

  public func forward(_ input: Tensor) throws -> Tensor {
    let axis = try demandAxis(axis, of: input)
    guard let mask = input.mask, mask.shape == input.shape else { return input.softmax(axis: axis) }
    // Elements that do not count get nothing.
    let result = mask.select(input, input.filled(-1e9)).softmax(axis: axis)
    return mask.select(result, result.filled(0))
  }
}
