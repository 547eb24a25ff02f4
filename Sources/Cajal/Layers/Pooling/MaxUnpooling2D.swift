/// Puts pooled values back to where the maxima of a max pooling stood; all other places are 0.
///
/// Takes the values and what had been pooled; the first of equal maxima counts, and values that meet are added.
/// Shapes: `[values, x]` of `[batch, height′, width′, channels]` and `[batch, height, width, channels]` → the latter.
/// Source: Zeiler and Fergus, arXiv:1311.2901, section 2.1.
/// Example: `MaxUnpooling2D()(MaxPooling2D()(x), x)`
public struct MaxUnpooling2D: Layer {
  /// Places of the window along each spatial axis.
  public var poolSize: [Int]
  /// How far the window moves along each spatial axis.
  public var strides: [Int]
  /// What lies around the input when the window moves over it.
  public var padding: Padding
  public var name: LayerName

  /// Describes the pooling that is undone; each option is the property of that name.
  public init<Stride: SpatialSize>(
    poolSize: some SpatialSize = 2, strides: Stride? = nil as Int?, padding: Padding = .valid, name: String? = nil
  ) {
    self.poolSize = poolSize.sizes(axes: 2)
    self.strides = strides?.sizes(axes: 2) ?? self.poolSize
    self.padding = padding
    self.name = LayerName(name)
  }

  public func forward(_ inputs: [Tensor]) throws -> Tensor {
    try unpooled(inputs, size: poolSize, strides: strides, padding: padding, spatialAxes: 2)
  }
}
