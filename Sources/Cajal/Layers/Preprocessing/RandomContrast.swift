/// Moves pixels away from the mean of their channel, or towards it: (x - mean) f + mean.
///
/// f is drawn from 1 - lower to 1 + upper, with Keras's bounds: a single number n stands for lower 0 and upper n.
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Example: `RandomContrast([0.2, 0.2])`
public struct RandomContrast: RandomImageLayer {
  /// How far, in 0 … 1.
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
    let amount = try draw("factor", factor, within: 0...1, for: images) { (1 - $0, 1 + $1) }
    let mean = images.mean(axes: [1, 2], keepsDimensions: true)
    return ((images - mean) * amount + mean).clipped(valueRange[0], valueRange[1])
  }
}
