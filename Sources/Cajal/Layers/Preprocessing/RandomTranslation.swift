/// Moves each image by random parts of its height and width; positive factors move it down and to the right.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Example: `RandomTranslation(0.1, 0.1)`
public struct RandomTranslation: RandomImageLayer {
  /// How far down, as a part of the height, in -1 … 1.
  public var heightFactor: RandomFactor
  /// How far to the right, as a part of the width, in -1 … 1.
  public var widthFactor: RandomFactor
  /// What lies outside of the image.
  public var fillMode: FillMode
  /// How pixels between the given ones are worked out: bilinear, or nearest.
  public var interpolation: Interpolation
  /// The value outside for `.constant`.
  public var fillValue: Double
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    heightFactor: RandomFactor, widthFactor: RandomFactor, fillMode: FillMode = .reflect,
    interpolation: Interpolation = .bilinear, fillValue: Double = 0, name: String? = nil
  ) {
    self.heightFactor = heightFactor
    self.widthFactor = widthFactor
    self.fillMode = fillMode
    self.interpolation = interpolation
    self.fillValue = fillValue
    self.name = LayerName(name)
  }

  func changed(_ images: Tensor, _ scope: Scope) throws -> Tensor {
    let down = try draw("heightFactor", heightFactor, within: -1...1, for: images, axes: 3) * Double(images.shape[1])
    let right = try draw("widthFactor", widthFactor, within: -1...1, for: images, axes: 3) * Double(images.shape[2])
    let (zero, one) = (Tensor(0), Tensor(1))
    return images.transformed(
      a: (one, zero, -right), b: (zero, one, -down), interpolation, fillMode, fillValue: fillValue)
  }
}
