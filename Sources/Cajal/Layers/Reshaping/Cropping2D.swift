/// Cuts places off both ends of the spatial axes.
///
/// Shapes: x `[batch, height, width, channels]` → the same with each spatial size n as n - cₗ - cₕ.
/// Errors: nothing would be left.
/// Example: `Cropping2D(2); Cropping2D(sides: [[0, 1], [0, 1]])`
public struct Cropping2D: Layer {
  /// Places cut before and after each spatial axis: `[[1, 1], [1, 1]]`.
  public var cropping: [[Int]]
  public var name: LayerName

  /// As many before as after; one number for all spatial axes, or one for each.
  public init(_ cropping: some SpatialSize = 1, name: String? = nil) {
    self.init(sides: cropping.sizes(axes: 2).map { [$0, $0] }, name: name)
  }

  /// Numbers `[before, after]` for each spatial axis.
  public init(sides: [[Int]], name: String? = nil) {
    self.cropping = sides
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor { try cropped(input, cropping, spatialAxes: 2) }
}
