/// Moves the corners of some images but the first, each by a random part of its distance from the first one.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only. Outside is one value.
/// Example: `RandomPerspective(0.5, scale: 0.3)`
public struct RandomPerspective: RandomImageLayer {
  /// The probability, or bounds between which it is drawn.
  public var factor: RandomFactor
  /// How far corners move: by up to half of this part of their distance, in 0 … 1.
  public var scale: Double
  /// How pixels between the given ones are worked out: bilinear, or nearest.
  public var interpolation: Interpolation
  /// The value outside.
  public var fillValue: Double
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    _ factor: RandomFactor = 1, scale: Double = 1, interpolation: Interpolation = .bilinear, fillValue: Double = 0,
    name: String? = nil
  ) {
    self.factor = factor
    self.scale = scale
    self.interpolation = interpolation
    self.fillValue = fillValue
    self.name = LayerName(name)
  }

  func changed(_ images: Tensor, _ scope: Scope) throws -> Tensor {
    try demandRate("scale", scale)
    try demand(
      images.shape[1] > 1 && images.shape[2] > 1, .shape, expected: "at least 2 x 2 pixels",
      given: "the images are \(images.shape)")
    let isChanged = try chosen("factor", factor, for: images)
    let (width, height) = (Double(images.shape[2] - 1), Double(images.shape[1] - 1))
    // Where the corners go that lie at (1, 0), (0, 1) and (1, 1) of the image, in pixels.
    func moved(_ size: Double) -> Tensor {
      guard scale > 0 else { return .full([images.shape[0], 1, 1], size) }
      return (scope.uniform([images.shape[0], 1, 1], lower: -scale / 2, upper: scale / 2) + 1) * size
    }
    let (x1, y2, x3, y3) = (moved(width), moved(height), moved(width), moved(height))
    // The unit square to these corners: x = (a u + b v) / (g u + h v + 1), y = (d u + e v) / (…), with (0, 0) fixed.
    let (dx1, dy1, dx2, dy2) = (x1 - x3, -y3, -x3, y2 - y3)
    let (sx, sy) = (x3 - x1, y3 - y2)
    let determinant = (dx1 * dy2 - dx2 * dy1).reciprocal()
    let g = (sx * dy2 - dx2 * sy) * determinant
    let h = (dx1 * sy - sx * dy1) * determinant
    let (a, e) = (x1 * (1 + g), y2 * (1 + h))
    // And back, to pixels of the image: b, c, d and f are 0.
    let inverse = (a * e).reciprocal()
    let zero = Tensor(0)
    let changed = images.transformed(
      a: (e * inverse * width, zero, zero), b: (zero, a * inverse * height, zero),
      c: (-(e * g) * inverse, -(a * h) * inverse), interpolation, .constant, fillValue: fillValue)
    return isChanged.select(changed, images)
  }
}
