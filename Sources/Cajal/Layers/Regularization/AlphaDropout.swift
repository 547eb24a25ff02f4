/// Dropout that keeps mean and variance of what `selu` gives: dropped elements become -λα, then all are scaled and moved.
///
/// Shapes: x `[batch, …]` → the same. `noiseShape` as in `Dropout`.
/// Source: Klambauer et al., arXiv:1706.02515.
/// Example: `Dense(64, activation: .selu, kernelInitializer: .lecunNormal); AlphaDropout(0.1)`
public struct AlphaDropout: Layer {
  /// The fraction that is dropped, in 0 … 1.
  public var rate: Double
  /// Sizes of the mask; 1 drops whole slices along an axis, -1 stands for the input's size.
  public var noiseShape: [Int]?
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ rate: Double, noiseShape: [Int]? = nil, name: String? = nil) {
    self.rate = rate
    self.noiseShape = noiseShape
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    let shape = try dropShape(of: input, noiseShape)
    try demandRate("rate", rate)
    guard input.scope.isTraining, rate > 0 else { return input }
    let lowest = -1.673_263_242_354_377_2 * 1.050_700_987_355_480_5
    guard rate < 1 else { return input.filled(0) }
    let kept = input.scope.bernoulli(shape, probability: 1 - rate).cast(to: input.dtype)
    let a = 1 / ((1 - rate) * (1 + rate * lowest * lowest)).squareRoot()
    let b = -a * lowest * rate
    return (input * kept + (1 - kept) * lowest) * a + b
  }
}
