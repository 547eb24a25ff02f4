/// The harmonic mean of precision and recall: 2 p r / (p + r), of yes-or-no outputs or averaged over classes.
///
/// With a threshold an output above it says yes; without one the largest output of a sample does (0.5 where there is
/// only one output). ε 1e-7 is added to each divisor, as in Keras.
/// Shapes: target (0 or 1) and prediction [batch, classes] or [batch]. Errors: `.shape` unless they are equal.
public struct F1Score: Metric, Hashable {
  /// How classes are brought together.
  public enum Average: String, Hashable, Sendable, Codable {
    /// All outputs counted together.
    case micro
    /// The mean of the classes' scores.
    case macro
    /// The mean of the classes' scores, each counted by how often the class is right.
    case weighted
  }

  public var name: String
  /// How classes are brought together.
  public var average: Average
  /// Outputs above it say yes; without it the largest output of a sample does.
  public var threshold: Double?
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(average: Average = .macro, threshold: Double? = nil, name: String = "f1_score") {
    self.average = average
    self.threshold = threshold
    self.name = name
  }

  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
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
    BinaryCounts.accumulate(scope, said: said, truth: target .!= 0, weights: weights, axes: axes)
  }

  public func result(_ accumulators: [String: [Float]]) -> Double {
    let counts = BinaryCounts(accumulators)
    var total = 0.0
    var share = 0.0
    for index in counts.truePositives.indices {
      let right = counts.truePositives[index]
      let positives = right + counts.falseNegatives[index]
      let precision = right / (right + counts.falsePositives[index] + 1e-7)
      let recall = right / (positives + 1e-7)
      let weight = average == .weighted ? positives : 1
      total += weight * 2 * precision * recall / (precision + recall + 1e-7)
      share += weight
    }
    return BinaryCounts.ratio(total, share)
  }
}

extension Metric where Self == F1Score {
  /// ``F1Score`` with its usual options.
  public static var f1: F1Score { F1Score() }
  /// ``F1Score`` with options of one's own.
  public static func f1(average: F1Score.Average = .macro, threshold: Double? = nil) -> F1Score {
    F1Score(average: average, threshold: threshold)
  }
}
