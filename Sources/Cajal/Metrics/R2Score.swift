/// The fraction of the targets' variance that the model explains: 1 - Σ w (t - y)² / Σ w (t - t̄)², in -∞ … 1.
///
/// Several outputs: the mean of their scores. An output whose targets never vary scores 0 unless it is met exactly.
/// Shapes: target and prediction [batch, outputs] or [batch]. Errors: `.shape` unless they are equal.
public struct R2Score: Metric, Hashable {
  /// How the scores of several outputs become one.
  public enum ClassAggregation: String, Hashable, Sendable, Codable {
    /// Their mean.
    case uniformAverage = "uniform_average"
    /// Their mean, each counted by how much the targets vary.
    case varianceWeightedAverage = "variance_weighted_average"
  }

  public var name: String
  /// How the scores of several outputs become one; nil for the mean.
  public var classAggregation: ClassAggregation?
  /// How many inputs the model explains the targets by, for the adjusted score; nil or 0 for the plain one.
  public var numRegressors: Int?
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(
    classAggregation: ClassAggregation? = nil, numRegressors: Int? = nil, name: String = "r2_score"
  ) {
    self.classAggregation = classAggregation
    self.numRegressors = numRegressors
    self.name = name
  }

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
    if numRegressors ?? 0 > 0 { scope.accumulate("num_samples", .full([], Double(target.shape.count))) }
  }

  public func result(_ accumulators: [String: [Float]]) -> Double {
    func values(_ name: String) -> [Double] { (accumulators[name] ?? []).map(Double.init) }
    let (sums, squares, residuals, counts) = (values("sum"), values("squared_sum"), values("residual"), values("count"))
    guard !counts.isEmpty, counts.allSatisfy({ $0 > 0 }) else { return .nan }
    var scores = 0.0
    var shares = 0.0
    for index in counts.indices {
      let spread = squares[index] - sums[index] * sums[index] / counts[index]
      let score = 1 - residuals[index] / spread
      let share = classAggregation == .varianceWeightedAverage ? spread : 1
      scores += share * (score.isInfinite ? 0 : score.isNaN && residuals[index] == 0 ? 1 : score)
      shares += share
    }
    return adjusted(scores / shares, samples: values("num_samples").first ?? 0)
  }

  /// 1 - (1 - r)(n - 1) / (n - p - 1) for p regressors, where there are enough samples.
  private func adjusted(_ score: Double, samples: Double) -> Double {
    guard let numRegressors, numRegressors > 0, Double(numRegressors) < samples - 1 else { return score }
    return 1 - (1 - score) * (samples - 1) / (samples - Double(numRegressors) - 1)
  }
}

extension Metric where Self == R2Score {
  /// ``R2Score`` with its usual options.
  public static var r2: R2Score { R2Score() }
}
