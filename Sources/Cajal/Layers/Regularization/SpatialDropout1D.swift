/// Dropout of whole channels: neighbouring places of an activation map say the same, so dropping single ones does
/// little.
///
/// Shapes: x `[batch, length, channels]` → the same; one draw for each channel of each sample.
/// Source: Tompson et al., arXiv:1411.4280.
public struct SpatialDropout1D: Layer {
  /// The fraction that is dropped, in 0 … 1.
  public var rate: Double
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ rate: Double, name: String? = nil) {
    self.rate = rate
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandImage(input, spatialAxes: 1)
    return try dropping(input, rate, shape: [input.shape[0], 1, input.shape.last])
  }
}
