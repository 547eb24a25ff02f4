/// Of what is positive, the fraction the model finds: true positives / (true positives + false negatives); 0 if none.
///
/// Positive means an output above the threshold. With several outputs all count together, or the one of `classIndex`.
/// Shapes: target (0 or 1) and prediction equal. Errors: `.shape` unless they are; `.argument` for a class out of range.
public struct Recall: Metric, Hashable {
  public var name: String
  /// 0.5 for probabilities, 0 for logits.
  public var threshold: Double
  /// The output that counts; `nil` for all of them together.
  public var classIndex: Int?
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(threshold: Double = 0.5, classIndex: Int? = nil, name: String = "recall") {
    self.threshold = threshold
    self.classIndex = classIndex
    self.name = name
  }

  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
    let (target, prediction) = try positives(target, prediction, classIndex)
    BinaryCounts.accumulate(scope, said: prediction .> threshold, truth: target .!= 0, weights: weights)
  }

  public func result(_ accumulators: [String: [Float]]) -> Double {
    let counts = BinaryCounts(accumulators)
    return BinaryCounts.ratio(counts.truePositives[0], counts.truePositives[0] + counts.falseNegatives[0])
  }
}

extension Metric where Self == Recall {
  /// ``Recall`` with its usual options.
  public static var recall: Recall { Recall() }
  /// ``Recall`` with options of one's own.
  public static func recall(threshold: Double = 0.5, classIndex: Int? = nil) -> Recall {
    Recall(threshold: threshold, classIndex: classIndex)
  }
}
