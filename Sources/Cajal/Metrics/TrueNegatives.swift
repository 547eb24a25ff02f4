/// How many negatives the model lets pass.
///
/// Positive means an output above the threshold; samples count with their weights.
/// Shapes: target (0 or 1) and prediction equal; all outputs count together. Errors: `.shape` unless they are.
public struct TrueNegatives: Metric, Hashable {
  public var name: String
  /// 0.5 for probabilities, 0 for logits.
  public var threshold: Double
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(threshold: Double = 0.5, name: String = "true_negatives") {
    self.threshold = threshold
    self.name = name
  }

  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
    let (target, prediction) = try positives(target, prediction, nil)
    let isCounted = (prediction .<= threshold).and(target .== 0).cast(to: .float32)
    scope.accumulate("accumulator", (weights.map { isCounted * $0.asWeights(of: isCounted) } ?? isCounted).sum())
  }

  public func result(_ accumulators: [String: [Float]]) -> Double { Double(accumulators["accumulator"]?.first ?? 0) }
}

extension Metric where Self == TrueNegatives {
  /// ``TrueNegatives`` with its usual options.
  public static var trueNegatives: TrueNegatives { TrueNegatives() }
  /// ``TrueNegatives`` with options of one's own.
  public static func trueNegatives(threshold: Double) -> TrueNegatives { TrueNegatives(threshold: threshold) }
}
