/// Adds a random part of the range of values to each image.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Example: `RandomBrightness(0.2)`
public struct RandomBrightness: RandomImageLayer {
  /// How much, as a part of the range, in -1 … 1.
  public var factor: RandomFactor
  /// Lowest and highest value of a pixel.
  public var valueRange: [Double]
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ factor: RandomFactor, valueRange: [Double] = [0, 255], name: String? = nil) {
    self.factor = factor
    self.valueRange = valueRange
    self.name = LayerName(name)
  }

  func changed(_ images: Tensor, _ scope: Scope) throws -> Tensor {
    try demandRange("valueRange", valueRange)
    let amount = try draw("factor", factor, within: -1...1, for: images) * (valueRange[1] - valueRange[0])
    return (images + amount).clipped(valueRange[0], valueRange[1])
  }
}
