/// Repeats each place along the spatial axes: nearest-neighbour enlargement.
///
/// Shapes: x `[batch, length, channels]` → the same with each spatial size n as n · size.
/// Example: `UpSampling1D(size: 2)`
public struct UpSampling1D: Layer {
  /// How often each step is repeated.
  public var size: [Int]
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(size: some SpatialSize = 2, name: String? = nil) {
    self.size = size.sizes(axes: 1)
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor { try repeated(input, size, spatialAxes: 1) }
}
