/// The exact ROC curve and its area, from collected outputs of a yes-or-no question.
///
/// The area is the chance that a positive sample gets a larger output than a negative one, ties counting half.
/// O(n log n) in time, O(n) in memory.
/// Example: `try ReceiverOperatingCharacteristic(outputs: scores, isPositive: labels).area`
public struct ReceiverOperatingCharacteristic: Hashable, Sendable, Codable {
  /// The rates when outputs of at least `threshold` say yes.
  public struct Point: Hashable, Sendable, Codable {
    /// Outputs of at least this say yes.
    public var threshold: Float
    /// Of what deserves a no, the fraction that got a yes.
    public var falsePositiveRate: Double
    /// Of what deserves a yes, the fraction that got it.
    public var truePositiveRate: Double
  }

  /// From (0, 0), whose threshold is infinite, to (1, 1); one point for each different output.
  public let points: [Point]

  /// - Throws: `.shape` if the arrays differ in length; `.value` for a NaN or a weight below 0, with its place, or if one
  ///   of the two classes is missing.
  public init(outputs: [Float], isPositive: [Bool], weights: [Float]? = nil) throws {
    let groups = try RankedOutputs(outputs, isPositive, weights, askedBy: "ReceiverOperatingCharacteristic")
    guard groups.negatives > 0 else {
      throw CajalError(
        .value, "ReceiverOperatingCharacteristic", expected: "both positive and negative samples",
        given: "there is no negative one")
    }
    var (right, wrong) = (0.0, 0.0)
    var points = [Point(threshold: .infinity, falsePositiveRate: 0, truePositiveRate: 0)]
    for group in groups.groups {
      right += group.positives
      wrong += group.negatives
      points.append(
        Point(
          threshold: group.output, falsePositiveRate: wrong / groups.negatives,
          truePositiveRate: right / groups.positives))
    }
    self.points = points
  }

  /// The area under the curve, in 0 … 1; 0.5 is guessing.
  public var area: Double {
    zip(points, points.dropFirst()).reduce(0) { area, pair in
      let width = pair.1.falsePositiveRate - pair.0.falsePositiveRate
      return area + width * (pair.0.truePositiveRate + pair.1.truePositiveRate) / 2
    }
  }

  /// The point farthest above the diagonal: the threshold with the largest true less false positive rate (Youden, 1950).
  public var bestThreshold: Float {
    let best = points.max { $0.truePositiveRate - $0.falsePositiveRate < $1.truePositiveRate - $1.falsePositiveRate }
    return best?.threshold ?? .infinity
  }
}

/// Outputs from the largest down, equal ones together, with the weight of positive and negative samples in each.
struct RankedOutputs {
  struct Group {
    var output: Float
    var positives: Double
    var negatives: Double
  }

  private(set) var groups: [Group] = []
  private(set) var positives = 0.0
  private(set) var negatives = 0.0

  init(_ outputs: [Float], _ isPositive: [Bool], _ weights: [Float]?, askedBy subject: String) throws {
    guard outputs.count == isPositive.count, weights.map({ $0.count == outputs.count }) ?? true else {
      throw CajalError(
        .shape, subject, expected: "a label and a weight for each output",
        given: "there are \(outputs.count) outputs, \(isPositive.count) labels and \(weights?.count ?? 0) weights")
    }
    if let place = outputs.firstIndex(where: \.isNaN) {
      throw CajalError(.value, subject, expected: "numbers as outputs", given: "output \(place) is NaN")
    }
    if let weights, let place = weights.firstIndex(where: { !($0 >= 0) }) {
      throw CajalError(
        .value, subject, expected: "weights of at least 0", given: "weight \(place) is \(weights[place])")
    }
    for index in outputs.indices.sorted(by: { outputs[$0] > outputs[$1] }) {
      let weight = Double(weights?[index] ?? 1)
      if groups.last?.output != outputs[index] {
        groups.append(Group(output: outputs[index], positives: 0, negatives: 0))
      }
      if isPositive[index] {
        groups[groups.count - 1].positives += weight
        positives += weight
      } else {
        groups[groups.count - 1].negatives += weight
        negatives += weight
      }
    }
    guard positives > 0 else {
      throw CajalError(.value, subject, expected: "positive samples", given: "there is none")
    }
  }
}
