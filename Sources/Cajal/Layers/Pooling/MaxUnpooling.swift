/// ``MaxUnpooling1D``, ``MaxUnpooling2D`` and ``MaxUnpooling3D``: see there.
public struct MaxUnpooling<Axes: SpatialAxes>: Layer {
  public static var className: String { "MaxUnpooling\(Axes.count)D" }

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
    self.poolSize = poolSize.sizes(axes: Axes.count)
    self.strides = strides?.sizes(axes: Axes.count) ?? self.poolSize
    self.padding = padding
    self.name = LayerName(name)
  }

  public func forward(_ inputs: [Tensor]) throws -> Tensor {
    try unpooled(inputs, size: poolSize, strides: strides, padding: padding, spatialAxes: Axes.count)
  }
}
