/// Changes each batch by some changes of a fixed list, drawn anew each time.
///
/// The list: shear, translation, rotation, brightness, color degeneration, contrast, sharpness, solarization, posterization,
/// auto contrast and equalization. All of them are computed, and one is chosen.
/// Shapes: x `[batch, height, width, 3]` → the same. Training only.
/// Source: Cubuk et al., arXiv:1909.13719.
/// Example: `RandAugment(numOps: 2, factor: 0.3)`
public struct RandAugment: RandomImageLayer {
  /// Lowest and highest value of a pixel.
  public var valueRange: [Double]
  /// How many changes follow one another.
  public var numOps: Int
  /// How far each change goes, in 0 … 1.
  public var factor: RandomFactor
  /// How pixels between the given ones are worked out.
  public var interpolation: Interpolation
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    valueRange: [Double] = [0, 255], numOps: Int = 2, factor: RandomFactor = 0.5,
    interpolation: Interpolation = .bilinear, name: String? = nil
  ) {
    self.valueRange = valueRange
    self.numOps = numOps
    self.factor = factor
    self.interpolation = interpolation
    self.name = LayerName(name)
  }

  func changed(_ images: Tensor, _ scope: Scope) throws -> Tensor {
    try demandRange("valueRange", valueRange)
    try demandColors(images)
    try demand((1...16).contains(numOps), expected: "1 to 16 numOps", given: "there are \(numOps)")
    let changes = ImageChanges(factor: factor, valueRange: valueRange, interpolation: interpolation, takesColors: true)
    var output = images
    for _ in 0..<numOps { output = try changes.one(output, scope, orNone: false) }
    return output
  }
}
