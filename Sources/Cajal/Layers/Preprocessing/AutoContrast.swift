/// Stretches the values of each channel of each image over the whole range; also when predicting.
///
/// Shapes: x `[batch, height, width, channels]` → the same.
/// Example: `AutoContrast(valueRange: [0, 1])`
public struct AutoContrast: Layer {
  /// Lowest and highest value of a pixel.
  public var valueRange: [Double]
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(valueRange: [Double] = [0, 255], name: String? = nil) {
    self.valueRange = valueRange
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandImage(input, spatialAxes: 2)
    try demand(
      valueRange.count == 2 && valueRange[0] < valueRange[1], expected: "a valueRange [low, high]",
      given: "it is \(valueRange)")
    let images = (input.dtype.isFloating ? input : input.cast(to: .float32))
      .rescaled(from: valueRange, to: [0, 255])
    let lowest = images.min(axes: [1, 2], keepsDimensions: true)
    let range = images.max(axes: [1, 2], keepsDimensions: true) - lowest
    let stretched = (images - lowest) * (range / 255).reciprocal()
    let known = (range .> 0).select(stretched, images)
    return known.clipped(0, 255).rescaled(from: [0, 255], to: valueRange)
  }
}
