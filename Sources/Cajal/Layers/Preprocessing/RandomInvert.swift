/// Turns the values of some images around: x becomes the highest value less x.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Example: `RandomInvert(0.5)`
public struct RandomInvert: RandomImageLayer {
  /// The probability, or bounds between which it is drawn.
  public var factor: RandomFactor
  /// Lowest and highest value of a pixel.
  public var valueRange: [Double]
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ factor: RandomFactor = 1, valueRange: [Double] = [0, 255], name: String? = nil) {
    self.factor = factor
    self.valueRange = valueRange
    self.name = LayerName(name)
  }

  func changed(_ images: Tensor, _ scope: Scope) throws -> Tensor {
    try demandRange("valueRange", valueRange)
    return try chosen("factor", factor, for: images).select(valueRange[1] - images, images)
  }
}
