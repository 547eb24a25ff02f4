import Foundation

/// Subtracts the mean of each place's neighbourhood and divides by its deviation.
///
/// v = x - Σ w x, y = v / max(c, σ) with σ = √(Σ w v²), where w is a Gaussian window over the places and all channels
/// that sums to 1 and c is the mean of σ over the image. Outside of the image are zeros. Keras has no such layer.
///
/// Shapes: x `[batch, height, width, channels]` → the same. `size` is odd.
/// Source: Jarrett et al., "What is the best multi-stage architecture for object recognition?", ICCV 2009.
/// Example: `LocalContrastNormalization(size: 9)`
public struct LocalContrastNormalization: Layer {
  /// Places of the window along each axis, odd.
  public var size: Int
  /// The window's standard deviation in places.
  public var sigma: Double
  /// The smallest divisor, which keeps even regions even.
  public var epsilon: Double
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(size: Int = 9, sigma: Double = 1.591, epsilon: Double = 1e-4, name: String? = nil) {
    self.size = size
    self.sigma = sigma
    self.epsilon = epsilon
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandImage(input, spatialAxes: 2)
    try demand(size > 0 && size < 1 << 10 && size % 2 == 1, expected: "an odd size", given: "it is \(size)")
    try demand(sigma > 0 && epsilon > 0, expected: "a sigma and an epsilon above 0", given: "\(sigma), \(epsilon)")
    let channels = input.shape.last
    let row = (0..<size).map { exp(-pow(Double($0 - size / 2), 2) / (2 * sigma * sigma)) }
    let total = pow(row.reduce(0, +), 2) * Double(channels)
    let values = row.flatMap { a in row.flatMap { b in Array(repeating: Float(a * b / total), count: channels) } }
    let kernel = Tensor(values, shape: [size, size, channels, 1])
    let window = try window(over: input, size: [size, size], strides: [1, 1], padding: .same)
    func weighted(_ x: Tensor) -> Tensor { x.convolved(kernel, window: window) }
    let centred = input - weighted(input)
    // Rounding must not make a sum of squares negative, and √0 has no slope.
    let deviation = (weighted(centred.squared()).maximum(0) + 1e-12).sqrt()
    let floor = deviation.mean(axes: [1, 2, 3], keepsDimensions: true).maximum(epsilon)
    return centred / deviation.maximum(floor)
  }
}
