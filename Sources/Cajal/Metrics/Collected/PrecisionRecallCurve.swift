/// The exact precision-recall curve and its average precision, from collected outputs of a yes-or-no question.
///
/// Example: `try PrecisionRecallCurve(outputs: scores, isPositive: labels).averagePrecision`
public struct PrecisionRecallCurve: Hashable, Sendable, Codable {
  /// Precision and recall when outputs of at least `threshold` say yes.
  public struct Point: Hashable, Sendable, Codable {
    /// Outputs of at least this say yes.
    public var threshold: Float
    /// Of what got a yes, the fraction that deserves it.
    public var precision: Double
    /// Of what deserves a yes, the fraction that got it.
    public var recall: Double
  }

  /// From the largest output down; one point for each different output.
  public let points: [Point]

  /// - Throws: `.shape` if the arrays differ in length; `.value` for a NaN or a weight below 0, with its place, or if there
  ///   is no positive sample.
  public init(outputs: [Float], isPositive: [Bool], weights: [Float]? = nil) throws {
    let groups = try RankedOutputs(outputs, isPositive, weights, askedBy: "PrecisionRecallCurve")
    var (right, wrong) = (0.0, 0.0)
    points = groups.groups.map { group in
      right += group.positives
      wrong += group.negatives
      return Point(
        threshold: group.output, precision: BinaryCounts.ratio(right, right + wrong), recall: right / groups.positives)
    }
  }

  /// The mean of the precisions, each counted by the recall it adds.
  public var averagePrecision: Double {
    var last = 0.0
    return points.reduce(0) { sum, point in
      defer { last = point.recall }
      return sum + (point.recall - last) * point.precision
    }
  }
}
