/// Shears each image: rows move by a part of their height, columns by a part of their width, in a random direction.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Example: `RandomShear(xFactor: 0.2)`
public struct RandomShear: RandomImageLayer {
  /// How far rows move, in 0 … 1.
  public var xFactor: RandomFactor
  /// How far columns move, in 0 … 1.
  public var yFactor: RandomFactor
  /// How pixels between the given ones are worked out: bilinear, or nearest.
  public var interpolation: Interpolation
  /// What lies outside of the image.
  public var fillMode: FillMode
  /// The value outside for `.constant`.
  public var fillValue: Double
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    xFactor: RandomFactor = 0, yFactor: RandomFactor = 0, interpolation: Interpolation = .bilinear,
    fillMode: FillMode = .reflect, fillValue: Double = 0, name: String? = nil
  ) {
    self.xFactor = xFactor
    self.yFactor = yFactor
    self.interpolation = interpolation
    self.fillMode = fillMode
    self.fillValue = fillValue
    self.name = LayerName(name)
  }

  func changed(_ images: Tensor, _ scope: Scope) throws -> Tensor {
    let sign = scope.bernoulli([images.shape[0], 1, 1], probability: 0.5) * 2 - 1
    let x = try draw("xFactor", xFactor, within: -1...1, for: images, axes: 3) * sign
    let y = try draw("yFactor", yFactor, within: -1...1, for: images, axes: 3) * sign
    let (zero, one) = (Tensor(0), Tensor(1))
    return images.transformed(a: (one, x, zero), b: (y, one, zero), interpolation, fillMode, fillValue: fillValue)
  }
}
