/// ``GlobalAveragePooling1D``, ``GlobalAveragePooling2D`` and ``GlobalAveragePooling3D``: see there.
public struct GlobalAveragePooling<Axes: SpatialAxes>: Layer {
  public static var className: String { "GlobalAveragePooling\(Axes.count)D" }

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
    let axes = Array(1...Axes.count)
    guard Axes.count == 1, let mask = input.mask else { return input.mean(axes: axes, keepsDimensions: keepdims) }
    let marks = mask.asFactor(of: input)
    return (input * marks).sum(axes: axes, keepsDimensions: keepdims) / marks.sum(axes: axes, keepsDimensions: keepdims)
  }
}
