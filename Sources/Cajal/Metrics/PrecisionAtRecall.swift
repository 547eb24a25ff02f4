/// The best precision at a threshold whose recall is high enough.
///
/// Outputs are looked at with evenly spaced thresholds of 0 … 1; 0 where none of them reaches the demand.
/// Shapes: target (0 or 1) and prediction equal. Errors: `.shape` unless they are; `.argument` for a rate outside 0 … 1, no
/// threshold, or a class out of range.
/// Example: `metrics: [PrecisionAtRecall(recall: 0.9)]`
public struct PrecisionAtRecall: Metric, Hashable {
  public var name: String
  /// The recall that is demanded, in 0 … 1.
  public var recall: Double
  /// How many thresholds are tried.
  public var numThresholds: Int
  /// The output that counts; `nil` for all of them together.
  public var classId: Int?
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(
    recall: Double, numThresholds: Int = 200, classId: Int? = nil, name: String = "precision_at_recall"
  ) {
    self.recall = recall
    self.numThresholds = numThresholds
    self.classId = classId
    self.name = name
  }

  private var rates: RateAtRate {
    RateAtRate(
      name: name, best: .precision, constrained: .recall, atLeast: recall, numThresholds: numThresholds,
      classId: classId)
  }

  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
    try rates.update(scope, target, prediction, weights)
  }

  public func result(_ accumulators: [String: [Float]]) -> Double { rates.result(accumulators) }
}

extension Metric where Self == PrecisionAtRecall {
  /// ``PrecisionAtRecall`` for a rate that is demanded.
  public static func precisionAtRecall(recall: Double) -> PrecisionAtRecall { PrecisionAtRecall(recall: recall) }
}
