/// How many positives the model misses.
///
/// Positive means an output above the threshold; samples count with their weights. Of several thresholds each has a count.
/// Shapes: target (0 or 1) and prediction equal; all outputs count together. Errors: `.shape` unless they are.
public struct FalseNegatives: AnswerCount, Hashable {
  public var name: String
  public var thresholds: [Double]
  public var better: MetricDirection { .lower }

  /// The metric at one threshold: 0.5 for probabilities, 0 for logits.
  public init(threshold: Double = 0.5, name: String = "false_negatives") {
    self.init(thresholds: [threshold], name: name)
  }

  /// The metric at several thresholds.
  public init(thresholds: [Double], name: String = "false_negatives") {
    self.thresholds = thresholds
    self.name = name
  }

  public func counts(said: Tensor, truth: Tensor) -> Tensor { said.not().and(truth) }
}

extension Metric where Self == FalseNegatives {
  /// ``FalseNegatives`` with its usual options.
  public static var falseNegatives: FalseNegatives { FalseNegatives() }
  /// ``FalseNegatives`` at a threshold of one's own.
  public static func falseNegatives(threshold: Double) -> FalseNegatives { FalseNegatives(threshold: threshold) }
}
