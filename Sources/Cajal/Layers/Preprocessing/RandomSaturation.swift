/// Multiplies the saturation of each image by f / (1 - f): 0 makes it grey, ½ keeps it.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Example: `RandomSaturation([0.3, 0.7])`
public struct RandomSaturation: RandomImageLayer {
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
    try demandColors(images)
    let amount = try draw("factor", factor, within: -1...1, for: images)
    let parts = images.hueSaturationValue().split([1, 1, 1], axis: -1)
    let saturation = (parts[1] * (amount / (1 - amount + 1e-7))).clipped(valueRange[0], valueRange[1])
    return Tensor.concatenate([parts[0], saturation, parts[2]], axis: -1).redGreenBlue()
  }
}
