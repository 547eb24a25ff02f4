/// Brings each image a random part of the way to its grey values.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Example: `RandomColorDegeneration([0, 0.5])`
public struct RandomColorDegeneration: RandomImageLayer {
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
    try demandColors(images)
    let amount = try draw("factor", factor, within: -1...1, for: images)
    return (images + amount * (images.grayscale() - images)).clipped(valueRange[0], valueRange[1])
  }
}
