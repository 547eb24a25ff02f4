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
  /// How the scores of several outputs become one; nil where each is a value of its own, and the one number their mean.
  public var classAggregation: ClassAggregation?
  /// How many inputs the model explains the targets by, for the adjusted score; nil or 0 for the plain one.
  public var numRegressors: Int?
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(
    classAggregation: ClassAggregation? = .uniformAverage, numRegressors: Int? = nil, name: String = "r2_score"
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
    let (scores, spreads, samples) = scores(accumulators)
    guard !scores.isEmpty else { return .nan }
    let shares = classAggregation == .varianceWeightedAverage ? spreads : scores.map { _ in 1 }
    let total = zip(scores, shares).reduce(0) { $0 + $1.0 * $1.1 }
    return adjusted(total / shares.reduce(0, +), samples: samples)
  }

  public func results(_ accumulators: [String: [Float]]) -> [Double] {
    guard classAggregation == nil else { return [result(accumulators)] }
    let (scores, _, samples) = scores(accumulators)
    return scores.isEmpty ? [.nan] : scores.map { adjusted($0, samples: samples) }
  }

  /// The score of each output, how much its targets vary, and the number of samples; none before the first.
  private func scores(_ accumulators: [String: [Float]]) -> (scores: [Double], spreads: [Double], samples: Double) {
    func values(_ name: String) -> [Double] { (accumulators[name] ?? []).map(Double.init) }
    let (sums, squares, residuals, counts) = (values("sum"), values("squared_sum"), values("residual"), values("count"))
    guard !counts.isEmpty, counts.allSatisfy({ $0 > 0 }) else { return ([], [], 0) }
    let spreads = counts.indices.map { squares[$0] - sums[$0] * sums[$0] / counts[$0] }
    let scores = zip(residuals, spreads).map { residual, spread -> Double in
      let score = 1 - residual / spread
      return score.isInfinite ? 0 : score.isNaN && residual == 0 ? 1 : score
    }
    return (scores, spreads, values("num_samples").first ?? 0)
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
