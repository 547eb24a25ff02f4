/// Enlarges images by whole numbers: repeats each place, or works out places between.
///
/// Shapes: x `[batch, height, width, channels]` → the same with each spatial size n as n · size.
/// Example: `UpSampling2D(size: 2)`
public struct UpSampling2D: Layer {
  /// How often each row and each column is repeated.
  public var size: [Int]
  /// How places between the given ones are worked out.
  @Defaulted<NearestInterpolation> public var interpolation: Interpolation
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(size: some SpatialSize = 2, interpolation: Interpolation = .nearest, name: String? = nil) {
    self.size = size.sizes(axes: 2)
    self.interpolation = interpolation
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    guard interpolation != .nearest else { return try repeated(input, size, spatialAxes: 2) }
    try demandImage(input, spatialAxes: 2)
    try demandSizes("size", size, axes: 2)
    return input.resized(height: input.shape[1] * size[0], width: input.shape[2] * size[1], interpolation)
  }
}
