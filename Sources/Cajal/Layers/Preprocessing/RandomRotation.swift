/// Rotates each image around its centre by a random part of a whole turn, against the clock for positive factors.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Example: `RandomRotation(0.1)`, ± 36°
public struct RandomRotation: RandomImageLayer {
  /// How far, as a part of 2π, in -1 … 1.
  public var factor: RandomFactor
  /// What lies outside of the image.
  public var fillMode: FillMode
  /// How pixels between the given ones are worked out: bilinear, or nearest.
  public var interpolation: Interpolation
  /// The value outside for `.constant`.
  public var fillValue: Double
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    _ factor: RandomFactor, fillMode: FillMode = .reflect, interpolation: Interpolation = .bilinear,
    fillValue: Double = 0, name: String? = nil
  ) {
    self.factor = factor
    self.fillMode = fillMode
    self.interpolation = interpolation
    self.fillValue = fillValue
    self.name = LayerName(name)
  }

  func changed(_ images: Tensor, _ scope: Scope) throws -> Tensor {
    let angle = try draw("factor", factor, within: -1...1, for: images, axes: 3) * (2 * Double.pi)
    let (cosine, sine) = (angle.cos(), angle.sin())
    let (x, y) = (Double(images.shape[2] - 1) / 2, Double(images.shape[1] - 1) / 2)
    let across = x - x * cosine + y * sine
    let down = y - x * sine - y * cosine
    return images.transformed(
      a: (cosine, -sine, across), b: (sine, cosine, down), interpolation, fillMode, fillValue: fillValue)
  }
}
