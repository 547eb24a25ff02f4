/// The mean of each channel over all places.
///
/// Shapes: x `[batch, length, channels]` → `[batch, channels]`, or `[batch, 1, channels]` with `keepdims`.
public struct GlobalAveragePooling1D: Layer {
  /// Whether the spatial axes stay, with size 1.
  public var keepdims: Bool
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(keepdims: Bool = false, name: String? = nil) {
    self.keepdims = keepdims
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandImage(input, spatialAxes: 1)
    guard let mask = input.mask else { return input.mean(axes: [1], keepsDimensions: keepdims) }
    let marks = mask.asFactor(of: input)
    return (input * marks).sum(axes: [1], keepsDimensions: keepdims) / marks.sum(axes: [1], keepsDimensions: keepdims)
  }
}
