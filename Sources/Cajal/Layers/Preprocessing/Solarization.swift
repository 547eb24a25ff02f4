/// Adds a random value to each image, then turns around all values above a random threshold.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Example: `Solarization(thresholdFactor: [0.5, 0.5])`
public struct Solarization: RandomImageLayer {
  /// What is added, as a part of the range; one number n stands for 0 … n.
  public var additionFactor: RandomFactor
  /// Where values begin to be turned around; one number n stands for 0 … n.
  public var thresholdFactor: RandomFactor
  /// Lowest and highest value of a pixel.
  public var valueRange: [Double]
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    additionFactor: RandomFactor = 0, thresholdFactor: RandomFactor = 0, valueRange: [Double] = [0, 255],
    name: String? = nil
  ) {
    self.additionFactor = additionFactor
    self.thresholdFactor = thresholdFactor
    self.valueRange = valueRange
    self.name = LayerName(name)
  }

  func changed(_ images: Tensor, _ scope: Scope) throws -> Tensor {
    try demandRange("valueRange", valueRange)
    // As in Keras the upper bound alone is scaled.
    let added = try draw("additionFactor", additionFactor, within: 0...1, for: images) { ($0, $1 * 255) }
    let threshold = try draw("thresholdFactor", thresholdFactor, within: 0...1, for: images) { ($0, $1 * 255) }
    let values = (images.rescaled(from: valueRange, to: [0, 255]) + added).clipped(0, 255)
    return (values .< threshold).select(values, 255 - values).rescaled(from: [0, 255], to: valueRange)
  }
}
