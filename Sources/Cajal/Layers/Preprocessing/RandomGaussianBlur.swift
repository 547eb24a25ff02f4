/// Blurs some images with a Gaussian window.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only. The two deviations of the window are drawn once for a batch.
/// Example: `RandomGaussianBlur(0.5, kernelSize: 5, sigma: [0.5, 2])`
public struct RandomGaussianBlur: RandomImageLayer {
  /// The probability, or bounds between which it is drawn.
  public var factor: RandomFactor
  /// Places of the window along each axis.
  public var kernelSize: [Int]
  /// The standard deviation in pixels; one number n stands for 0 … n.
  public var sigma: RandomFactor
  /// Lowest and highest value of a pixel.
  public var valueRange: [Double]
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    _ factor: RandomFactor = 1, kernelSize: [Int] = [3, 3], sigma: RandomFactor = 1, valueRange: [Double] = [0, 255],
    name: String? = nil
  ) {
    self.factor = factor
    self.kernelSize = kernelSize
    self.sigma = sigma
    self.valueRange = valueRange
    self.name = LayerName(name)
  }

  func changed(_ images: Tensor, _ scope: Scope) throws -> Tensor {
    try demandRange("valueRange", valueRange)
    try demandSizes("kernelSize", kernelSize, axes: 2)
    try demand(
      kernelSize.allSatisfy { $0 <= 1 << 10 }, expected: "a kernelSize of at most 1024", given: "it is \(kernelSize)")
    let (lower, upper) = sigma.bounds(from: 0)
    let isBlurred = try chosen("factor", factor, for: images)
    func window(_ size: Int) -> Tensor {
      let deviation = (lower < upper ? scope.uniform([1], lower: lower, upper: upper) : .full([1], lower)) + 1e-6
      let places = Tensor((0..<size).map { Float(Double($0) - Double(size - 1) / 2) })
      let values = ((places / deviation).squared() * -0.5).exp()
      return values / values.sum()
    }
    let (rows, columns) = (window(kernelSize[0]), window(kernelSize[1]))
    let channels = images.shape.last
    let kernel = (rows.reshaped([-1, 1]) * columns).reshaped([kernelSize[0], kernelSize[1], 1, 1])
      .broadcast(to: [kernelSize[0], kernelSize[1], channels, 1])
    let same = try self.window(over: images, size: kernelSize, strides: [1, 1], padding: .same)
    return isBlurred.select(images.convolvedDepthwise(kernel, window: same), images)
      .clipped(valueRange[0], valueRange[1])
  }
}
