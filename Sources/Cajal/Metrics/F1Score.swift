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
    /// Not at all: each class has a score of its own, and the one number is their mean.
    case none
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

  private var score: FBetaScore { FBetaScore(average: average, threshold: threshold, name: name) }

  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
    try score.update(scope, target: target, prediction: prediction, weights: weights)
  }

  public func result(_ accumulators: [String: [Float]]) -> Double { score.result(accumulators) }

  public func results(_ accumulators: [String: [Float]]) -> [Double] { score.results(accumulators) }
}

extension Metric where Self == F1Score {
  /// ``F1Score`` with its usual options.
  public static var f1: F1Score { F1Score() }
  /// ``F1Score`` with options of one's own.
  public static func f1(average: F1Score.Average = .macro, threshold: Double? = nil) -> F1Score {
    F1Score(average: average, threshold: threshold)
  }
}
