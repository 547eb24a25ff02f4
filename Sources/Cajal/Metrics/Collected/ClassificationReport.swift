import Foundation

/// Precision, recall and F1 of each class, and their means, from a confusion matrix.
///
/// A ratio whose divisor is 0 counts as 0. Example: `print(ClassificationReport(matrix))`
public struct ClassificationReport: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The scores of one class or of a mean over classes.
  public struct Scores: Hashable, Sendable, Codable {
    /// Of what was given this class, the fraction that has it.
    public var precision: Double
    /// Of what has this class, the fraction that was given it.
    public var recall: Double
    /// The harmonic mean of both.
    public var f1: Double
    /// How many samples have this class as their truth.
    public var support: Int
  }

  /// Names of the classes.
  public let classes: [String]
  /// The scores of each class.
  public let scores: [Scores]
  /// The fraction of all samples that is right.
  public let accuracy: Double

  /// The scores that follow from a confusion matrix.
  public init(_ matrix: ConfusionMatrix) {
    classes = matrix.classes
    accuracy = matrix.accuracy
    let (support, answered) = (matrix.support, matrix.answered)
    scores = matrix.classes.indices.map { index in
      let right = Double(matrix.counts[index][index])
      return Scores(
        precision: BinaryCounts.ratio(right, Double(answered[index])),
        recall: BinaryCounts.ratio(right, Double(support[index])),
        f1: BinaryCounts.ratio(2 * right, Double(answered[index] + support[index])), support: support[index])
    }
  }

  /// The mean over classes.
  public var macroAverage: Scores { average { _ in 1 } }
  /// The mean over classes, each counted by its support.
  public var weightedAverage: Scores { average { Double($0.support) } }

  private func average(_ weight: (Scores) -> Double) -> Scores {
    let total = scores.reduce(0) { $0 + weight($1) }
    func mean(_ value: (Scores) -> Double) -> Double {
      BinaryCounts.ratio(scores.reduce(0) { $0 + weight($1) * value($1) }, total)
    }
    return Scores(
      precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1),
      support: scores.reduce(0) { $0 + $1.support })
  }

  /// A table with a row for each class and the two means.
  public var description: String {
    func number(_ value: Double) -> String { String(format: "%9.4f", value) }
    func row(_ name: String, _ scores: Scores) -> String {
      pad(name) + number(scores.precision) + number(scores.recall) + number(scores.f1)
        + String(format: "%9d", scores.support)
    }
    func pad(_ text: String) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
    let width = (classes + ["weighted mean"]).map(\.count).max() ?? 0
    let head = pad("") + "precision   recall       f1  support"
    return
      ([head] + zip(classes, scores).map(row) + [row("mean", macroAverage), row("weighted mean", weightedAverage)])
      .joined(separator: "\n") + "\naccuracy \(String(format: "%.4f", accuracy))"
  }
}
