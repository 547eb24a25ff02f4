/// Random brightness, contrast, saturation and hue one after another, each where it is given.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Example: `RandomColorJitter(brightnessFactor: 0.2, contrastFactor: 0.2)`
public struct RandomColorJitter: RandomImageLayer {
  /// Lowest and highest value of a pixel.
  public var valueRange: [Double]
  /// As in `RandomBrightness`.
  public var brightnessFactor: RandomFactor?
  /// As in `RandomContrast`.
  public var contrastFactor: RandomFactor?
  /// As in `RandomSaturation`.
  public var saturationFactor: RandomFactor?
  /// As in `RandomHue`.
  public var hueFactor: RandomFactor?
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    valueRange: [Double] = [0, 255], brightnessFactor: RandomFactor? = nil, contrastFactor: RandomFactor? = nil,
    saturationFactor: RandomFactor? = nil, hueFactor: RandomFactor? = nil, name: String? = nil
  ) {
    self.valueRange = valueRange
    self.brightnessFactor = brightnessFactor
    self.contrastFactor = contrastFactor
    self.saturationFactor = saturationFactor
    self.hueFactor = hueFactor
    self.name = LayerName(name)
  }

  func changed(_ images: Tensor, _ scope: Scope) throws -> Tensor {
    var output = images
    if let brightnessFactor {
      output = try RandomBrightness(brightnessFactor, valueRange: valueRange).changed(output, scope)
    }
    if let contrastFactor {
      output = try RandomContrast(contrastFactor, valueRange: valueRange).changed(output, scope)
    }
    if let saturationFactor {
      output = try RandomSaturation(saturationFactor, valueRange: valueRange).changed(output, scope)
    }
    if let hueFactor { output = try RandomHue(hueFactor, valueRange: valueRange).changed(output, scope) }
    return output
  }
}
