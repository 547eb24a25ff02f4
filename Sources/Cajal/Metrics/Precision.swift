/// Of what the model says is positive, the fraction that is: true positives / (true + false positives); 0 if none.
///
/// Positive means an output above the threshold. With several outputs all count together, or the one of `classIndex`.
/// Shapes: target (0 or 1) and prediction equal. Errors: `.shape` unless they are; `.argument` for a class out of range.
public struct Precision: Metric, Hashable {
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
  public init(threshold: Double? = nil, topK: Int? = nil, classIndex: Int? = nil, name: String = "precision") {
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
    return BinaryCounts.ratio(counts.truePositives[0], counts.truePositives[0] + counts.falsePositives[0])
  }
}

extension Metric where Self == Precision {
  /// ``Precision`` with its usual options.
  public static var precision: Precision { Precision() }
  /// ``Precision`` with options of one's own.
  public static func precision(
    threshold: Double? = nil, topK: Int? = nil, classIndex: Int? = nil
  ) -> Precision {
    Precision(threshold: threshold, topK: topK, classIndex: classIndex)
  }
}
