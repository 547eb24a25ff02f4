/// The cross-entropy of classes, where answers that are already good count less: -Σⱼ α (1 - yⱼ)^γ tⱼ ln yⱼ.
///
/// y is divided by its sum and kept in 1e-7 … 1 - 1e-7.
/// Shapes: target (one-hot or any distribution) and prediction [batch, …, classes] → [batch, …]. Unit: nats.
/// Errors: `.shape` unless both shapes are equal and have two axes or more; `.argument` for smoothing outside 0 ..< 1
/// or a number of alphas that is not that of the classes.
/// Example: `CategoricalFocalCrossentropy(alpha: [0.2, 0.3, 0.5])`. Source: Lin et al., arXiv:1708.02002.
public struct CategoricalFocalCrossentropy: Loss, Hashable {
  /// How much each class counts: one number for all, or one each.
  public var alpha: PerClass
  /// How strongly good answers are discounted; 0 gives the plain cross-entropy, times α.
  public var gamma: Double
  /// Whether predictions are logits rather than probabilities.
  public var fromLogits: Bool
  /// How much of each target is spread evenly over all classes: t (1 - s) + s / classes.
  public var labelSmoothing: Double

  /// A number for all classes, or one for each.
  public enum PerClass: Hashable, Sendable, Codable, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral {
    /// The same for all.
    case all(Double)
    /// One for each, in their order.
    case each([Double])

    public init(floatLiteral value: Double) { self = .all(value) }
    public init(arrayLiteral elements: Double...) { self = .each(elements) }
    public init(from decoder: Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .all(number)
      } else {
        self = .each(try container.decode([Double].self))
      }
    }
    public func encode(to encoder: Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .all(let number): try container.encode(number)
      case .each(let numbers): try container.encode(numbers)
      }
    }
  }

  /// The loss; each option is the property of that name.
  public init(
    alpha: PerClass = 0.25, gamma: Double = 2, fromLogits: Bool = false, labelSmoothing: Double = 0
  ) {
    self.alpha = alpha
    self.gamma = gamma
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
    let given = fromLogits ? prediction.softmax() : prediction
    let probabilities = (given / given.sum(axes: [-1], keepsDimensions: true)).clippedProbabilities()
    let focused = (1 - probabilities).power(gamma) * target * probabilities.log()
    switch alpha {
    case .all(let alpha): return focused.sum(axes: [-1]) * -alpha
    case .each(let alphas):
      guard alphas.count == prediction.shape.last || prediction.shape.isPoisoned else {
        throw CajalError(
          .argument, Self.className, expected: "\(prediction.shape.last) alphas, one for each class",
          given: "there are \(alphas.count)")
      }
      return (focused * Tensor(alphas.map { Float(-$0) }).cast(to: prediction.dtype)).sum(axes: [-1])
    }
  }
}

extension Loss where Self == CategoricalFocalCrossentropy {
  /// ``CategoricalFocalCrossentropy`` with its usual options.
  public static var categoricalFocalCrossentropy: CategoricalFocalCrossentropy { CategoricalFocalCrossentropy() }
}
