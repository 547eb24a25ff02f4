/// How many negatives the model lets pass.
///
/// Positive means an output above the threshold; samples count with their weights. Of several thresholds each has a count.
/// Shapes: target (0 or 1) and prediction equal; all outputs count together. Errors: `.shape` unless they are.
public struct TrueNegatives: AnswerCount, Hashable {
  public var name: String
  public var thresholds: [Double]
  public var better: MetricDirection { .higher }

  /// The metric at one threshold: 0.5 for probabilities, 0 for logits.
  public init(threshold: Double = 0.5, name: String = "true_negatives") {
    self.init(thresholds: [threshold], name: name)
  }

  /// The metric at several thresholds.
  public init(thresholds: [Double], name: String = "true_negatives") {
    self.thresholds = thresholds
    self.name = name
  }

  public func counts(said: Tensor, truth: Tensor) -> Tensor { said.not().and(truth.not()) }
}

extension Metric where Self == TrueNegatives {
  /// ``TrueNegatives`` with its usual options.
  public static var trueNegatives: TrueNegatives { TrueNegatives() }
  /// ``TrueNegatives`` at a threshold of one's own.
  public static func trueNegatives(threshold: Double) -> TrueNegatives { TrueNegatives(threshold: threshold) }
}
