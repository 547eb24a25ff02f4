/// Puts zeros around the spatial axes.
///
/// Shapes: x `[batch, depth, height, width, channels]` → the same with each spatial size n as pₗ + n + pₕ.
/// Example: `ZeroPadding3D([1, 2, 2]); ZeroPadding3D(sides: [[0, 1], [0, 1], [0, 1]])`
public struct ZeroPadding3D: Layer {
  /// Zeros before and after each spatial axis: `[[1, 1], [1, 1], [1, 1]]`.
  public var padding: [[Int]]
  public var name: LayerName

  /// As many zeros before as after; one number for all spatial axes, or one for each.
  public init(_ padding: some SpatialSize = 1, name: String? = nil) {
    self.init(sides: padding.sizes(axes: 3).map { [$0, $0] }, name: name)
  }

  /// Numbers `[before, after]` for each spatial axis.
  public init(sides: [[Int]], name: String? = nil) {
    self.padding = sides
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor { try zeroPadded(input, padding, spatialAxes: 3) }
}
