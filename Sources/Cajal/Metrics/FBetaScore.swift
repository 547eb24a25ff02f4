/// The weighted harmonic mean of precision p and recall r: (1 + β²) p r / (β² p + r), averaged over classes.
///
/// Above 1, β draws towards recall, below 1 towards precision. With a threshold an output above it says yes; without one
/// the largest output of a sample does (0.5 where there is only one output). ε 1e-7 is added to each divisor, as in Keras.
/// Shapes: target (0 or 1) and prediction [batch, classes] or [batch]. Errors: `.shape` unless they are equal; `.argument`
/// for a β that is not positive.
public struct FBetaScore: Metric, Hashable {
  public var name: String
  /// How classes are brought together.
  public var average: F1Score.Average
  /// How much more recall counts than precision.
  public var beta: Double
  /// Outputs above it say yes; without it the largest output of a sample does.
  public var threshold: Double?
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(
    average: F1Score.Average = .macro, beta: Double = 1, threshold: Double? = nil, name: String = "fbeta_score"
  ) {
    self.average = average
    self.beta = beta
    self.threshold = threshold
    self.name = name
  }

  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
    guard beta > 0 else {
      throw CajalError(.argument, name, expected: "a positive beta", given: "it is \(beta)")
    }
    try demand(
      target.shape == prediction.shape && (1...2).contains(target.rank), expected: "equal shapes [batch, classes]",
      target: target, prediction: prediction)
    let isSingle = prediction.rank < 2 || prediction.shape.last == 1
    let said: Tensor
    if let threshold = threshold ?? (isSingle ? 0.5 : nil) {
      said = prediction .> threshold
    } else {
      let largest = prediction.max(axes: [-1], keepsDimensions: true)
      said = (prediction .>= largest).and(prediction.absolute() .> 1e-9)
    }
    let axes = average == .micro || isSingle ? nil : [0]
    let answers = Answers(said: said, truth: target .!= 0, weights: weights?.asWeights(of: target), axes: axes)
    answers.accumulateCounts(scope)
  }

  public func result(_ accumulators: [String: [Float]]) -> Double {
    let shares = average == .weighted ? positives(BinaryCounts(accumulators)) : nil
    let scores = scores(BinaryCounts(accumulators))
    let total = zip(scores, shares ?? scores.map { _ in 1 }).reduce(0) { $0 + $1.0 * $1.1 }
    return BinaryCounts.ratio(total, shares?.reduce(0, +) ?? Double(scores.count))
  }

  public func results(_ accumulators: [String: [Float]]) -> [Double] {
    average == .none ? scores(BinaryCounts(accumulators)) : [result(accumulators)]
  }

  /// How often each class is right.
  private func positives(_ counts: BinaryCounts) -> [Double] {
    zip(counts.truePositives, counts.falseNegatives).map(+)
  }

  /// The score of each class.
  private func scores(_ counts: BinaryCounts) -> [Double] {
    let square = beta * beta
    return zip(counts.truePositives.indices, positives(counts)).map { index, positives in
      let right = counts.truePositives[index]
      let precision = right / (right + counts.falsePositives[index] + 1e-7)
      let recall = right / (positives + 1e-7)
      return (1 + square) * precision * recall / (square * precision + recall + 1e-7)
    }
  }
}

extension Metric where Self == FBetaScore {
  /// ``FBetaScore`` with options of one's own.
  public static func fBeta(
    _ beta: Double, average: F1Score.Average = .macro, threshold: Double? = nil
  ) -> FBetaScore {
    FBetaScore(average: average, beta: beta, threshold: threshold)
  }
}
