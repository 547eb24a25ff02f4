/// Turns the hue of each image by a random part of half a circle, either way.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Example: `RandomHue(0.2)`
public struct RandomHue: RandomImageLayer {
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
    let sign = scope.bernoulli([images.shape[0], 1, 1, 1], probability: 0.5) * 2 - 1
    let amount = try draw("factor", factor, within: 0...1, for: images) * sign * 0.5
    let parts = images.rescaled(from: valueRange, to: [0, 1]).hueSaturationValue().split([1, 1, 1], axis: -1)
    let turned = parts[0] + amount
    let down = (turned .> 1).select(turned - 1, turned)
    let hue = (down .< 0).select(down + 1, down)
    return Tensor.concatenate([hue, parts[1], parts[2]], axis: -1).redGreenBlue().clipped(0, 1)
      .rescaled(from: [0, 1], to: valueRange)
  }
}
