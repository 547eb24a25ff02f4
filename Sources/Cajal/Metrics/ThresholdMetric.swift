/// A metric of yes-or-no outputs at one threshold or at several, of which each has a value.
///
/// Example: `Precision(thresholds: [0.3, 0.5, 0.7])`, whose values are `precision[0]`, `precision[1]` and `precision[2]` of
/// the logs, and `precision` their mean.
public protocol ThresholdMetric: Metric {
  /// Outputs above a threshold are positive: 0.5 for probabilities, 0 for logits.
  var thresholds: [Double] { get set }
}

extension ThresholdMetric {
  /// The first threshold, the only one where no list was given.
  public var threshold: Double {
    get { thresholds.first ?? 0.5 }
    set { thresholds = [newValue] }
  }

  public func result(_ accumulators: [String: [Float]]) -> Double {
    let values = results(accumulators)
    return BinaryCounts.ratio(values.reduce(0, +), Double(values.count))
  }

  /// What outputs say at each threshold, with a last axis of thresholds where there are several.
  func answers(_ target: Tensor, _ prediction: Tensor, _ weights: Tensor?) throws -> Answers {
    guard !thresholds.isEmpty else {
      throw CajalError(.argument, name, expected: "at least one threshold", given: "there is none")
    }
    let (truth, weights) = (target .!= 0, weights?.asWeights(of: target))
    guard thresholds.count > 1, !prediction.shape.isPoisoned else {
      return Answers(said: prediction .> threshold, truth: truth, weights: weights)
    }
    let last = prediction.rank
    let limits = Tensor(thresholds.map { Float($0) })
    return Answers(
      said: prediction.cast(to: .float32).expandingDimension(at: last) .> limits,
      truth: truth.expandingDimension(at: last), weights: weights?.expandingDimension(at: last),
      axes: Array(0..<last))
  }
}

/// A metric that counts yes-or-no answers. Only which of them count is left to write.
///
/// Example:
/// ```swift
/// struct Positives: AnswerCount {
///   var name = "positives"
///   var thresholds = [0.5]
///   var better: MetricDirection { .higher }
///   func counts(said: Tensor, truth: Tensor) -> Tensor { said }
/// }
/// ```
public protocol AnswerCount: ThresholdMetric {
  /// Which answers count, as `bool`, by what is said and what is true, both `bool`.
  func counts(said: Tensor, truth: Tensor) -> Tensor
}

extension AnswerCount {
  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
    try demand(target.shape == prediction.shape, expected: "equal shapes", target: target, prediction: prediction)
    let answers = try answers(target, prediction, weights)
    answers.accumulate(scope, "accumulator", counts(said: answers.said, truth: answers.truth))
  }

  public func results(_ accumulators: [String: [Float]]) -> [Double] {
    accumulators["accumulator"]?.map(Double.init) ?? Array(repeating: 0, count: thresholds.count)
  }
}
