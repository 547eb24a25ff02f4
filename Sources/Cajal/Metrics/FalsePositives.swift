/// How often the model takes a negative for a positive.
///
/// Positive means an output above the threshold; samples count with their weights.
/// Shapes: target (0 or 1) and prediction equal; all outputs count together. Errors: `.shape` unless they are.
public struct FalsePositives: Metric, Hashable {
  public var name: String
  /// 0.5 for probabilities, 0 for logits.
  public var threshold: Double
  public var better: MetricDirection { .lower }

  /// The metric; each option is the property of that name.
  public init(threshold: Double = 0.5, name: String = "false_positives") {
    self.threshold = threshold
    self.name = name
  }

  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
    let (target, prediction) = try positives(target, prediction, nil)
    let isCounted = (prediction .> threshold).and(target .== 0).cast(to: .float32)
    scope.accumulate("accumulator", (weights.map { isCounted * $0.asWeights(of: isCounted) } ?? isCounted).sum())
  }

  public func result(_ accumulators: [String: [Float]]) -> Double { Double(accumulators["accumulator"]?.first ?? 0) }
}

extension Metric where Self == FalsePositives {
  /// ``FalsePositives`` with its usual options.
  public static var falsePositives: FalsePositives { FalsePositives() }
  /// ``FalsePositives`` with options of one's own.
  public static func falsePositives(threshold: Double) -> FalsePositives { FalsePositives(threshold: threshold) }
}
