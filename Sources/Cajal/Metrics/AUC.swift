import Foundation

/// The area under the ROC curve or the precision-recall curve of yes-or-no outputs, from counts at fixed thresholds.
///
/// Outputs in 0 … 1 are sorted into buckets between evenly spaced thresholds (200, as in Keras), so that memory does not
/// grow with the number of samples; `ReceiverOperatingCharacteristic` gives the exact area of collected outputs. Values
/// outside 0 … 1 are moved to its ends, NaN counts as 0.
///
/// Shapes: target (0 or 1) and prediction equal; all outputs count together unless `multiLabel` is set. Errors: `.shape` unless they are equal;
/// `.argument` for fewer than 3 thresholds.
/// Example: `metrics: [.auc(), .auc(curve: .precisionRecall)]`. Source of the interpolation between points of precision and
/// recall: Davis and Goadrich, 2006.
public struct AUC: Metric, Hashable {
  /// Which curve the area is under.
  public enum Curve: String, Hashable, Sendable, Codable {
    /// True positive rate over false positive rate.
    case roc = "ROC"
    /// Precision over recall.
    case precisionRecall = "PR"
    /// Precision gain over recall gain, both measured against saying yes always (Flach and Kull, 2015).
    case precisionRecallGain = "PRGAIN"
  }

  /// How the curve runs between two thresholds.
  public enum Summation: String, Hashable, Sendable, Codable {
    /// As counts between the two thresholds would make it run: a straight line for ROC.
    case interpolation
    /// At the smaller of the two heights: a lower bound.
    case minoring
    /// At the larger of the two heights: an upper bound.
    case majoring
  }

  public var name: String
  /// Which curve the area is under.
  public var curve: Curve
  /// How the curve runs between two thresholds.
  public var summation: Summation
  /// Number of thresholds, at least 3, where `thresholds` does not say which.
  public var thresholdCount: Int
  /// Thresholds between 0 and 1; nil for even ones.
  public var thresholds: [Double]?
  /// Whether predictions are logits, to which the sigmoid is applied first.
  public var fromLogits: Bool
  /// Whether each output has a curve of its own, and the areas are averaged; nil counts as false.
  public var multiLabel: Bool?
  /// How much each output counts: in the mean of the areas, or its answers in the one area.
  public var labelWeights: [Double]?
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(
    curve: Curve = .roc, summation: Summation = .interpolation, thresholdCount: Int = 200, fromLogits: Bool = false,
    thresholds: [Double]? = nil, multiLabel: Bool = false, labelWeights: [Double]? = nil, name: String = "auc"
  ) {
    self.curve = curve
    self.summation = summation
    self.thresholdCount = thresholdCount
    self.thresholds = thresholds
    self.fromLogits = fromLogits
    self.multiLabel = multiLabel
    self.labelWeights = labelWeights
    self.name = name
  }

  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
    try demand(target.shape == prediction.shape, expected: "equal shapes", target: target, prediction: prediction)
    let limits = thresholds ?? []
    guard buckets.thresholds >= 3, limits.allSatisfy({ (0...1).contains($0) }) else {
      throw CajalError(
        .argument, name, expected: "at least 3 thresholds, those that are given between 0 and 1",
        given: "there are \(thresholdCount), given are \(limits)")
    }
    let outputs = fromLogits ? prediction.sigmoid() : prediction
    let isSeparate = multiLabel == true
    let labels = outputs.rank > 1 ? outputs.shape.last : 1
    guard labelWeights.map({ $0.count == labels }) ?? true else {
      throw CajalError(
        .argument, name, expected: "\(labels) label weights, one for each output",
        given: "there are \(labelWeights?.count ?? 0)")
    }
    var buckets = buckets
    buckets.labels = isSeparate ? labels : 1
    buckets.accumulate(
      scope, target: target, outputs: outputs, weights: weights, labelWeights: isSeparate ? nil : labelWeights)
  }

  private var buckets: ThresholdBuckets { ThresholdBuckets(thresholds: thresholdCount, between: thresholds) }

  public func result(_ accumulators: [String: [Float]]) -> Double {
    let labels = ThresholdCounts.labels(accumulators, thresholds: buckets.thresholds)
    guard !labels.isEmpty, buckets.thresholds >= 2 else { return .nan }
    let areas = labels.map { $0.area(curve, summation) }
    guard multiLabel == true, let labelWeights, labelWeights.count == areas.count else {
      return areas.reduce(0, +) / Double(areas.count)
    }
    return BinaryCounts.ratio(zip(areas, labelWeights).reduce(0) { $0 + $1.0 * $1.1 }, labelWeights.reduce(0, +))
  }
}

extension Metric where Self == AUC {
  /// ``AUC`` with its usual options.
  public static var auc: AUC { AUC() }
  /// ``AUC`` with options of one's own.
  public static func auc(
    curve: AUC.Curve = .roc, summation: AUC.Summation = .interpolation, thresholdCount: Int = 200,
    fromLogits: Bool = false, thresholds: [Double]? = nil, multiLabel: Bool = false, labelWeights: [Double]? = nil
  ) -> AUC {
    AUC(
      curve: curve, summation: summation, thresholdCount: thresholdCount, fromLogits: fromLogits,
      thresholds: thresholds, multiLabel: multiLabel, labelWeights: labelWeights)
  }
}

extension ThresholdCounts {
  fileprivate func area(_ curve: AUC.Curve, _ summation: AUC.Summation) -> Double {
    if curve == .precisionRecall, summation == .interpolation { return interpolatedPrecisionRecall() }
    let recall = truePositives.map { BinaryCounts.ratio($0, truePositives[0]) }
    let x: [Double]
    let y: [Double]
    switch curve {
    case .roc:
      x = falsePositives.map { BinaryCounts.ratio($0, falsePositives[0]) }
      y = recall
    case .precisionRecall:
      x = recall
      y = zip(truePositives, falsePositives).map { BinaryCounts.ratio($0, $0 + $1) }
    case .precisionRecallGain:
      let odds = BinaryCounts.ratio(truePositives[0], falsePositives[0])
      x = truePositives.map { $0 == 0 ? 0 : max(1 - odds * (truePositives[0] - $0) / $0, 0) }
      y = zip(truePositives, falsePositives).map { $0 == 0 ? 1 : 1 - odds * $1 / $0 }
    }
    return (1..<x.count).reduce(0) { area, index in
      let (low, high) = (y[index - 1], y[index])
      let height: Double
      switch summation {
      case .interpolation: height = (low + high) / 2
      case .minoring: height = min(low, high)
      case .majoring: height = max(low, high)
      }
      return area + (x[index - 1] - x[index]) * height
    }
  }

  /// Between two thresholds true positives grow in proportion to all positives, so precision follows a hyperbola.
  private func interpolatedPrecisionRecall() -> Double {
    let said = zip(truePositives, falsePositives).map { $0 + $1 }
    return (1..<said.count).reduce(0) { area, index in
      let gained = truePositives[index - 1] - truePositives[index]
      let slope = BinaryCounts.ratio(gained, max(said[index - 1] - said[index], 0))
      let intercept = truePositives[index] - slope * said[index]
      let ratio = said[index - 1] > 0 && said[index] > 0 ? said[index - 1] / said[index] : 1
      return area + BinaryCounts.ratio(slope * (gained + intercept * log(ratio)), truePositives[0])
    }
  }
}
