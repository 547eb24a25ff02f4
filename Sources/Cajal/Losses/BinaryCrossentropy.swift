/// The cross-entropy of yes-or-no answers: -1/n Σᵢ tᵢ ln yᵢ + (1 - tᵢ) ln(1 - yᵢ), over the last axis.
///
/// From probabilities, y is kept in 1e-7 … 1 - 1e-7. From logits x it is ln(1 + eˣ) - t x, which never overflows; so it
/// is where the prediction is the direct result of a sigmoid, whose input is then used instead.
///
/// Shapes: target in 0 … 1 and prediction [batch, …, n] → [batch, …]; or both [batch] → [batch]. Unit: nats.
/// Errors: `.shape` unless both shapes are equal; `.argument` for smoothing outside 0 ..< 1.
/// Example: `model.compile(optimizer: .adam(), loss: .binaryCrossentropy(fromLogits: true))`
public struct BinaryCrossentropy: Loss, Hashable {
  /// Whether predictions are logits rather than probabilities.
  public var fromLogits: Bool
  /// How far targets are drawn to one half: t (1 - s) + s / 2.
  public var labelSmoothing: Double

  /// The loss; each option is the property of that name.
  public init(fromLogits: Bool = false, labelSmoothing: Double = 0) {
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
  }

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    try demandFraction(labelSmoothing, "labelSmoothing")
    var target = try matched(target, to: prediction)
    if labelSmoothing > 0 { target = target * (1 - labelSmoothing) + 0.5 * labelSmoothing }
    if let logits = fromLogits ? prediction : prediction.logitsBeforeSigmoid {
      return (logits.softplus() - target * logits).meanPerSample()
    }
    let probability = prediction.clippedProbabilities()
    let likelihood = target * probability.log() + (1 - target) * (1 - probability).log()
    return (-likelihood).meanPerSample()
  }
}

extension Loss where Self == BinaryCrossentropy {
  /// ``BinaryCrossentropy`` with its usual options.
  public static var binaryCrossentropy: BinaryCrossentropy { BinaryCrossentropy() }
  /// ``BinaryCrossentropy`` with options of one's own.
  public static func binaryCrossentropy(fromLogits: Bool = false, labelSmoothing: Double = 0) -> BinaryCrossentropy {
    BinaryCrossentropy(fromLogits: fromLogits, labelSmoothing: labelSmoothing)
  }
}
