/// Puts zeros around the spatial axes.
///
/// Shapes: x `[batch, length, channels]` → the same with each spatial size n as pₗ + n + pₕ.
/// Example: `ZeroPadding1D(2); ZeroPadding1D(sides: [[0, 1]])`
public struct ZeroPadding1D: Layer {
  /// Zeros before and after each spatial axis: `[[1, 1]]`.
  public var padding: [[Int]]
  public var name: LayerName

  /// As many zeros before as after; one number for all spatial axes, or one for each.
  public init(_ padding: some SpatialSize = 1, name: String? = nil) {
    self.init(sides: padding.sizes(axes: 1).map { [$0, $0] }, name: name)
  }

  /// Numbers `[before, after]` for each spatial axis.
  public init(sides: [[Int]], name: String? = nil) {
    self.padding = sides
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor { try zeroPadded(input, padding, spatialAxes: 1) }
}
