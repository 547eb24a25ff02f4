/// The cross-entropy of yes-or-no answers, where answers that are already good count less: 1/n Σᵢ (1 - pᵢ)^γ (-ln pᵢ).
///
/// pᵢ is the probability given to the truth, t y + (1 - t)(1 - y), kept in 1e-7 … 1 - 1e-7 in the logarithm. With
/// `applyClassBalancing` a yes counts α and a no 1 - α.
///
/// Shapes: target in 0 … 1 and prediction [batch, …, n] → [batch, …]; or both [batch] → [batch]. Unit: nats.
/// Errors: `.shape` unless both shapes are equal; `.argument` for smoothing outside 0 ..< 1.
/// Example: `model.compile(optimizer: .adam(), loss: BinaryFocalCrossentropy(gamma: 2))`
/// Source: Lin et al., arXiv:1708.02002.
public struct BinaryFocalCrossentropy: Loss, Hashable {
  /// Whether answers are weighted by `alpha`.
  public var applyClassBalancing: Bool
  /// How much a yes counts, in 0 … 1; a no counts the rest.
  public var alpha: Double
  /// How strongly good answers are discounted; 0 gives the plain cross-entropy.
  public var gamma: Double
  /// Whether predictions are logits rather than probabilities.
  public var fromLogits: Bool
  /// How far targets are drawn to one half: t (1 - s) + s / 2.
  public var labelSmoothing: Double

  /// The loss; each option is the property of that name.
  public init(
    applyClassBalancing: Bool = false, alpha: Double = 0.25, gamma: Double = 2, fromLogits: Bool = false,
    labelSmoothing: Double = 0
  ) {
    self.applyClassBalancing = applyClassBalancing
    self.alpha = alpha
    self.gamma = gamma
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
  }

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    try demandFraction(labelSmoothing, "labelSmoothing")
    var target = try matched(target, to: prediction)
    if labelSmoothing > 0 { target = target * (1 - labelSmoothing) + 0.5 * labelSmoothing }
    let probability = fromLogits ? prediction.sigmoid() : prediction
    let kept = probability.clippedProbabilities()
    let opposite = 1 - target
    let entropy = -(target * kept.log() + opposite * (1 - kept).log())
    let right = target * probability + opposite * (1 - probability)
    var values = (1 - right).power(gamma) * entropy
    if applyClassBalancing { values = (target * alpha + opposite * (1 - alpha)) * values }
    return values.meanPerSample()
  }
}

extension Loss where Self == BinaryFocalCrossentropy {
  /// ``BinaryFocalCrossentropy`` with its usual options.
  public static var binaryFocalCrossentropy: BinaryFocalCrossentropy { BinaryFocalCrossentropy() }
}
