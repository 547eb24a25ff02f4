/// The largest value of each channel over all places.
///
/// Shapes: x `[batch, height, width, channels]` → `[batch, channels]`, or `[batch, 1, 1, channels]` with `keepdims`.
public struct GlobalMaxPooling2D: Layer {
  /// Whether the spatial axes stay, with size 1.
  public var keepdims: Bool
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(keepdims: Bool = false, name: String? = nil) {
    self.keepdims = keepdims
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandImage(input, spatialAxes: 2)
    return input.max(axes: [1, 2], keepsDimensions: keepdims)
  }
}
