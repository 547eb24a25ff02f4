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
  /// Instead of those above the threshold, only the k largest outputs of a sample are positive.
  public var topK: Int?
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  ///
  /// Without a threshold it is 0.5, or with `topK` below everything.
  public init(threshold: Double? = nil, topK: Int? = nil, classIndex: Int? = nil, name: String = "recall") {
    self.threshold = threshold ?? (topK == nil ? 0.5 : -1e10)
    self.topK = topK
    self.classIndex = classIndex
    self.name = name
  }

  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
    let outputs = try topK.map { try prediction.keepingLargest($0, askedBy: name) } ?? prediction
    let (target, prediction) = try positives(target, outputs, classIndex)
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
  public static func recall(
    threshold: Double? = nil, topK: Int? = nil, classIndex: Int? = nil
  ) -> Recall {
    Recall(threshold: threshold, topK: topK, classIndex: classIndex)
  }
}
