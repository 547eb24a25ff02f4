/// ``AveragePooling1D``, ``AveragePooling2D`` and ``AveragePooling3D``: see there.
public struct AveragePooling<Axes: SpatialAxes>: SpatialPooling {
  public static var className: String { "AveragePooling\(Axes.count)D" }
  static var spatialAxes: Int { Axes.count }

  /// Places of the window along each spatial axis.
  public var poolSize: [Int]
  /// How far the window moves along each spatial axis.
  public var strides: [Int]
  /// What lies around the input when the window moves over it.
  public var padding: Padding
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init<Stride: SpatialSize>(
    poolSize: some SpatialSize = 2, strides: Stride? = nil as Int?, padding: Padding = .valid, name: String? = nil
  ) {
    self.poolSize = poolSize.sizes(axes: Axes.count)
    self.strides = strides?.sizes(axes: Axes.count) ?? self.poolSize
    self.padding = padding
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor { try averagePooled(input) }
}
