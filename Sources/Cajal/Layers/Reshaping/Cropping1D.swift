/// Cuts places off both ends of the spatial axes.
///
/// Shapes: x `[batch, length, channels]` → the same with each spatial size n as n - cₗ - cₕ.
/// Errors: nothing would be left.
/// Example: `Cropping1D(2); Cropping1D(sides: [[0, 1]])`
public struct Cropping1D: Layer {
  /// Places cut before and after each spatial axis: `[[1, 1]]`.
  public var cropping: [[Int]]
  public var name: LayerName

  /// As many before as after; one number for all spatial axes, or one for each.
  public init(_ cropping: some SpatialSize = 1, name: String? = nil) {
    self.init(sides: cropping.sizes(axes: 1).map { [$0, $0] }, name: name)
  }

  /// Numbers `[before, after]` for each spatial axis.
  public init(sides: [[Int]], name: String? = nil) {
    self.cropping = sides
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor { try cropped(input, cropping, spatialAxes: 1) }
}
