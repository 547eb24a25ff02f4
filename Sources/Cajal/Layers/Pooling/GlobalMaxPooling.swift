/// ``GlobalMaxPooling1D``, ``GlobalMaxPooling2D`` and ``GlobalMaxPooling3D``: see there.
public struct GlobalMaxPooling<Axes: SpatialAxes>: Layer {
  public static var className: String { "GlobalMaxPooling\(Axes.count)D" }

  /// Whether the spatial axes stay, with size 1.
  public var keepdims: Bool
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(keepdims: Bool = false, name: String? = nil) {
    self.keepdims = keepdims
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandImage(input, spatialAxes: Axes.count)
    return input.max(axes: Array(1...Axes.count), keepsDimensions: keepdims)
  }
}
