/// Keeps the highest bits of each value alone, as many as drawn for each image, from 1 to 8.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Example: `RandomPosterization([4, 8])`
public struct RandomPosterization: RandomImageLayer {
  /// The number of bits; one number n stands for 1 to n. Of two different bounds the upper one is not drawn.
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
    let bits = try draw("factor", factor, within: 1...8, for: images).floor()
    let step = (bits * -1 + 8).exponentOfTwo()
    let whole = images.rescaled(from: valueRange, to: [0, 255]).clipped(0, 255).floor()
    return ((whole / step).floor() * step).rescaled(from: [0, 255], to: valueRange)
  }
}
