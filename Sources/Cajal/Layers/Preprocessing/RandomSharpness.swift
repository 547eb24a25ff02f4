/// Blurs each image for f below ½ and sharpens it above: x + (1 - 2 f) (smoothed x - x).
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Example: `RandomSharpness([0.3, 0.7])`
public struct RandomSharpness: RandomImageLayer {
  /// f, in 0 … 1.
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
    let amount = try draw("factor", factor, within: 0...1, for: images)
    let side = Float(1.0 / 13)
    let kernel = [side, side, side, side, 5 * side, side, side, side, side]
    let smoothed = try filtered(images, kernel, height: 3, width: 3)
    return (images + (1 - amount * 2) * (smoothed - images)).clipped(valueRange[0], valueRange[1])
  }
}
