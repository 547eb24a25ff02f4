/// Of what is positive, the fraction the model finds: true positives / (true positives + false negatives); 0 if none.
///
/// Positive means an output above the threshold. With several outputs all count together, or the one of `classIndex`. Of
/// several thresholds each has a value.
/// Shapes: target (0 or 1) and prediction equal. Errors: `.shape` unless they are; `.argument` for a class out of range.
public struct Recall: ThresholdMetric, Hashable {
  public var name: String
  public var thresholds: [Double]
  /// The output that counts; `nil` for all of them together.
  public var classIndex: Int?
  /// Only the k largest outputs of a sample can be positive.
  public var topK: Int?
  public var better: MetricDirection { .higher }

  /// The metric at one threshold: by default 0.5, or with `topK` below everything.
  public init(threshold: Double? = nil, topK: Int? = nil, classIndex: Int? = nil, name: String = "recall") {
    self.init(thresholds: [threshold ?? (topK == nil ? 0.5 : -1e10)], topK: topK, classIndex: classIndex, name: name)
  }

  /// The metric at several thresholds.
  public init(thresholds: [Double], topK: Int? = nil, classIndex: Int? = nil, name: String = "recall") {
    self.thresholds = thresholds
    self.topK = topK
    self.classIndex = classIndex
    self.name = name
  }

  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
    let outputs = try topK.map { try prediction.keepingLargest($0, askedBy: name) } ?? prediction
    let (target, prediction) = try positives(target, outputs, classIndex)
    try answers(target, prediction, weights).accumulateCounts(scope)
  }

  public func results(_ accumulators: [String: [Float]]) -> [Double] {
    let counts = BinaryCounts(accumulators, count: thresholds.count)
    return zip(counts.truePositives, counts.falseNegatives).map { BinaryCounts.ratio($0, $0 + $1) }
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
