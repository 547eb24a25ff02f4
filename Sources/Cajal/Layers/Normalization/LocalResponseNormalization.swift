/// Divides by the activity of neighbouring channels: y = x / (k + α/n Σ x²)^β over n channels around each.
///
/// α is divided by n, as in the deep learning libraries; the paper's α = 10⁻⁴ is not, so that its sum weighs five times
/// as much. k, n and β are the paper's. Keras has no such layer.
///
/// Shapes: x `[batch, …, channels]` → the same. `size` is odd.
/// Source: Krizhevsky, Sutskever and Hinton, NeurIPS 2012, section 3.3.
/// Example: `LocalResponseNormalization(size: 5)`
public struct LocalResponseNormalization: Layer {
  /// Channels of the window, odd.
  public var size: Int
  /// α, the weight of the neighbours.
  public var alpha: Double
  /// β, the exponent.
  public var beta: Double
  /// k, the constant in the divisor.
  public var k: Double
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(size: Int = 5, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 2, name: String? = nil) {
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.k = k
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demand(size > 0 && size < 1 << 16 && size % 2 == 1, expected: "an odd size", given: "it is \(size)")
    return input.localResponseNormalized(size: size, alpha: alpha, beta: beta, k: k)
  }
}
