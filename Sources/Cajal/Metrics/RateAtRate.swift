/// The best of one rate at those thresholds where another is high enough, which four metrics are: see
/// ``PrecisionAtRecall`` and its like.
struct RateAtRate {
  /// A rate of right answers.
  enum Rate {
    /// TP / (TP + FN), the same as sensitivity.
    case recall
    /// TP / (TP + FP).
    case precision
    /// TN / (TN + FP).
    case specificity
  }

  var name: String
  var best: Rate
  var constrained: Rate
  var atLeast: Double
  var numThresholds: Int
  var classId: Int?

  func update(_ scope: MetricScope, _ target: Tensor, _ prediction: Tensor, _ weights: Tensor?) throws {
    guard (0...1).contains(atLeast), numThresholds > 0 else {
      throw CajalError(
        .argument, name, expected: "a rate in 0 … 1 and at least 1 threshold",
        given: "they are \(atLeast) and \(numThresholds)")
    }
    let (target, prediction) = try Precision(name: name).positives(target, prediction, classId)
    guard numThresholds > 1 else {
      let isPositive = (prediction .> 0.5).cast(to: .float32)
      return ThresholdBuckets(thresholds: 2).accumulate(
        scope, target: target, outputs: isPositive, weights: weights, countsZeros: false)
    }
    ThresholdBuckets(thresholds: numThresholds).accumulate(
      scope, target: target, outputs: prediction, weights: weights, countsZeros: false)
  }

  func result(_ accumulators: [String: [Float]]) -> Double {
    guard let counts = ThresholdCounts(accumulators), let positives = accumulators["all_positives"]?.first,
      let negatives = accumulators["all_negatives"]?.first
    else { return 0 }
    let used = numThresholds > 1 ? counts.truePositives.count : 1
    var found = 0.0
    for index in 0..<used {
      let (hits, alarms) = (counts.truePositives[index], counts.falsePositives[index])
      func value(_ rate: Rate) -> Double {
        switch rate {
        case .recall: return BinaryCounts.ratio(hits, Double(positives))
        case .precision: return BinaryCounts.ratio(hits, hits + alarms)
        case .specificity: return BinaryCounts.ratio(Double(negatives) - alarms, Double(negatives))
        }
      }
      if Float(value(constrained)) >= Float(atLeast) { found = max(found, value(best)) }
    }
    return found
  }
}
