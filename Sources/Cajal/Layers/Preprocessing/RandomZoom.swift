/// Enlarges or shrinks each image around its centre; positive factors show more than the image.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Example: `RandomZoom(0.2)`
public struct RandomZoom: RandomImageLayer {
  /// How much more of the height is shown, from -1 up.
  public var heightFactor: RandomFactor
  /// How much more of the width is shown; nil keeps the proportions.
  public var widthFactor: RandomFactor?
  /// What lies outside of the image.
  public var fillMode: FillMode
  /// How pixels between the given ones are worked out: bilinear, or nearest.
  public var interpolation: Interpolation
  /// The value outside for `.constant`.
  public var fillValue: Double
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    _ heightFactor: RandomFactor, widthFactor: RandomFactor? = nil, fillMode: FillMode = .reflect,
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
    let down = try draw("heightFactor", heightFactor, within: -1...100, for: images, axes: 3) { (1 + $0, 1 + $1) }
    let across =
      try widthFactor.map {
        try draw("widthFactor", $0, within: -1...100, for: images, axes: 3) { (1 + $0, 1 + $1) }
      } ?? down
    let (x, y) = (Double(images.shape[2] - 1) / 2, Double(images.shape[1] - 1) / 2)
    let zero = Tensor(0)
    return images.transformed(
      a: (across, zero, (1 - across) * x), b: (zero, down, (1 - down) * y), interpolation, fillMode,
      fillValue: fillValue)
  }
}
