/// Rectified linear unit with Keras's options: f(x) = min(x, m) for x ≥ θ, else α (x - θ).
///
/// Example: `ReLU(maxValue: 6)`
public struct ReLU: Layer {
  /// Where the result is cut off; `nil` for nowhere.
  public var maxValue: Double?
  /// The slope below the threshold.
  public var negativeSlope: Double
  /// Where the line begins.
  public var threshold: Double
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(maxValue: Double? = nil, negativeSlope: Double = 0, threshold: Double = 0, name: String? = nil) {
    self.maxValue = maxValue
    self.negativeSlope = negativeSlope
    self.threshold = threshold
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demand(
      (maxValue ?? 0) >= 0 && negativeSlope >= 0 && threshold >= 0,
      expected: "maxValue, negativeSlope and threshold of at least 0",
      given: "they are \(maxValue ?? 0), \(negativeSlope) and \(threshold)")
    if threshold == 0, negativeSlope == 0 {
      guard let maxValue else { return input.relu() }
      return input.clipped(0, maxValue)
    }
    let top = maxValue.map { input.clipped(-.greatestFiniteMagnitude, $0) } ?? input
    let below = (input - threshold) * negativeSlope
    let isActive = threshold == 0 ? input .> 0 : input .>= threshold
    return isActive.select(top, below)
  }
}
