/// The largest value of each window, channel by channel; padding never wins.
///
/// Shapes: x `[batch, height, width, channels]` → `[batch, height′, width′, channels]`; ⌊(n - p) / s⌋ + 1 places for
/// `.valid`, ⌈n / s⌉ for `.same`. The strides are the window's size unless given.
/// Example: `MaxPooling2D(poolSize: 3, strides: 2)`
public struct MaxPooling2D: SpatialPooling {
  static let spatialAxes = 2

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
    self.poolSize = poolSize.sizes(axes: 2)
    self.strides = strides?.sizes(axes: 2) ?? self.poolSize
    self.padding = padding
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor { try maximumPooled(input) }
}
