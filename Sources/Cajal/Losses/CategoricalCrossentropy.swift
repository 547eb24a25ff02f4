/// The negative logarithm of the probability given to the target's classes: -Σⱼ tⱼ ln yⱼ.
///
/// From probabilities, y is divided by its sum and kept in 1e-7 … 1 - 1e-7. Where the prediction is the direct result of
/// a softmax, its input is used instead, exactly and in one operation; the loss is then differentiated through that
/// input and not through the probabilities.
///
/// Shapes: target (one-hot or any distribution) and prediction [batch, …, classes] → [batch, …]. Unit: nats.
/// Errors: `.shape` unless both shapes are equal and have two axes or more; `.argument` for smoothing outside 0 ..< 1.
/// Example: `model.compile(optimizer: .adam(), loss: .categoricalCrossentropy)`
public struct CategoricalCrossentropy: Loss, Hashable {
  /// Whether predictions are logits rather than probabilities.
  public var fromLogits: Bool
  /// How much of each target is spread evenly over all classes: t (1 - s) + s / classes. Source: Szegedy et al., 2016.
  public var labelSmoothing: Double

  /// The loss; each option is the property of that name.
  public init(fromLogits: Bool = false, labelSmoothing: Double = 0) {
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
  }

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    try demandFraction(labelSmoothing, "labelSmoothing")
    try demandVectors(prediction)
    var target = try matched(target, to: prediction)
    if labelSmoothing > 0 {
      target = target * (1 - labelSmoothing) + labelSmoothing / Double(max(prediction.shape.last, 1))
    }
    if let logits = fromLogits ? prediction : prediction.logitsBeforeSoftmax {
      return logits.softmaxCrossEntropy(target)
    }
    let probabilities = (prediction / prediction.sum(axes: [-1], keepsDimensions: true)).clippedProbabilities()
    return -(target * probabilities.log()).sum(axes: [-1])
  }
}

extension Loss where Self == CategoricalCrossentropy {
  /// ``CategoricalCrossentropy`` with its usual options.
  public static var categoricalCrossentropy: CategoricalCrossentropy { CategoricalCrossentropy() }
  /// ``CategoricalCrossentropy`` with options of one's own.
  public static func categoricalCrossentropy(
    fromLogits: Bool = false, labelSmoothing: Double = 0
  ) -> CategoricalCrossentropy {
    CategoricalCrossentropy(fromLogits: fromLogits, labelSmoothing: labelSmoothing)
  }
}
