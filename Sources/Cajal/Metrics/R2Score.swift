/// The fraction of the targets' variance that the model explains: 1 - Σ w (t - y)² / Σ w (t - t̄)², in -∞ … 1.
///
/// Several outputs: the mean of their scores. An output whose targets never vary scores 0 unless it is met exactly.
/// Shapes: target and prediction [batch, outputs] or [batch]. Errors: `.shape` unless they are equal.
public struct R2Score: Metric, Hashable {
  public var name: String
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(name: String = "r2_score") { self.name = name }

  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
    try demand(
      target.shape == prediction.shape && target.rank > 0, expected: "equal shapes [batch, outputs]", target: target,
      prediction: prediction)
    let (target, prediction) = (target.cast(to: .float32), prediction.cast(to: .float32))
    let weights = (weights ?? .ones([target.shape[0]])).asWeights(of: target)
    let weighted = target * weights
    scope.accumulate("sum", weighted.sum(axes: [0]))
    scope.accumulate("squared_sum", (target * weighted).sum(axes: [0]))
    scope.accumulate("residual", ((target - prediction).squared() * weights).sum(axes: [0]))
    scope.accumulate("count", weights.sum(axes: [0]))
  }

  public func result(_ accumulators: [String: [Float]]) -> Double {
    func values(_ name: String) -> [Double] { (accumulators[name] ?? []).map(Double.init) }
    let (sums, squares, residuals, counts) = (values("sum"), values("squared_sum"), values("residual"), values("count"))
    guard !counts.isEmpty, counts.allSatisfy({ $0 > 0 }) else { return .nan }
    var scores = 0.0
    for index in counts.indices {
      let spread = squares[index] - sums[index] * sums[index] / counts[index]
      let score = 1 - residuals[index] / spread
      scores += score.isInfinite ? 0 : score.isNaN && residuals[index] == 0 ? 1 : score
    }
    return scores / Double(counts.count)
  }
}

extension Metric where Self == R2Score {
  /// ``R2Score`` with its usual options.
  public static var r2: R2Score { R2Score() }
}
