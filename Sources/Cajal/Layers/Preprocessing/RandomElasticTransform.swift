/// Bends some images: each pixel moves by smooth noise.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only. The strength is drawn once for a batch.
/// Source: Simard, Steinkraus and Platt, ICDAR 2003.
/// Example: `RandomElasticTransform(0.5, scale: 0.5)`
public struct RandomElasticTransform: RandomImageLayer {
  /// The probability, or bounds between which it is drawn.
  public var factor: RandomFactor
  /// The strength, in 0 … 1; one number n stands for 0 … n.
  public var scale: RandomFactor
  /// How pixels between the given ones are worked out: bilinear, or nearest.
  public var interpolation: Interpolation
  /// What lies outside of the image.
  public var fillMode: FillMode
  /// The value outside for `.constant`.
  public var fillValue: Double
  /// Lowest and highest value of a pixel.
  public var valueRange: [Double]
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    _ factor: RandomFactor = 1, scale: RandomFactor = 1, interpolation: Interpolation = .bilinear,
    fillMode: FillMode = .reflect, fillValue: Double = 0, valueRange: [Double] = [0, 255], name: String? = nil
  ) {
    self.factor = factor
    self.scale = scale
    self.interpolation = interpolation
    self.fillMode = fillMode
    self.fillValue = fillValue
    self.valueRange = valueRange
    self.name = LayerName(name)
  }

  func changed(_ images: Tensor, _ scope: Scope) throws -> Tensor {
    try demandRange("valueRange", valueRange)
    let (lower, upper) = scale.bounds(from: 0)
    try demand(upper <= 1, expected: "a scale from 0 to 1", given: "it is \(scale.numbers)")
    let isBent = try chosen("factor", factor, for: images)
    let (batch, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    let strength = lower < upper ? scope.uniform([1], lower: lower, upper: upper) : .full([1], lower)
    let alpha = strength * (0.1 * Double(max(height, width)))
    let sigma = strength * (0.05 * Double(min(height, width)))
    // A window as wide as the strongest noise needs it.
    let size = min(6 * Int(0.05 * upper * Double(min(height, width))) | 1, 1023)
    let places = Tensor((0..<size).map { Float($0 - size / 2) })
    let values = ((places / (sigma + 1e-6)).squared() * -0.5).exp()
    let weights = values / values.sum()
    let kernel = (weights.reshaped([-1, 1]) * weights).reshaped([size, size, 1, 1])
    let noise = scope.normal([2 * batch, height, width, 1]) * sigma
    let same = try window(over: noise, size: [size, size], strides: [1, 1], padding: .same)
    let smooth = noise.convolved(kernel, window: same).reshaped([2, batch, height, width]) * alpha
    let grid: Shape = [1, height, width]
    let row = Tensor.indices(along: 1, shape: grid).cast(to: .float32) + smooth[0]
    let column = Tensor.indices(along: 2, shape: grid).cast(to: .float32) + smooth[1]
    let bent = images.picked(row: row, column: column, interpolation, fillMode, fillValue: fillValue)
    return isBent.select(bent, images).clipped(valueRange[0], valueRange[1])
  }
}
