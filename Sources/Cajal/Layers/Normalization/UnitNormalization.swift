/// Scales each sample to length 1 along some axes: y = x / √max(Σ x², 10⁻¹²).
///
/// Shapes: x `[batch, …]` → the same.
public struct UnitNormalization: Layer {
  /// The axes along which the squares sum to 1.
  public var axis: [Int]
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(axis: some SpatialSize = -1, name: String? = nil) {
    self.axis = axis.sizes(axes: 1)
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    let axes = Set(try axis.map { try demandAxis($0, of: input) }).sorted()
    try demand(!axes.isEmpty, expected: "at least one axis", given: "there is none")
    return input * input.squared().sum(axes: axes, keepsDimensions: true).maximum(1e-12).rsqrt()
  }
}
