/// How often each class was taken for each other: `counts[truth][answer]`, from collected answers.
///
/// Example: `print(try ConfusionMatrix(targets: [0, 1, 1], answers: [0, 1, 0], classes: ["cat", "dog"]))`
public struct ConfusionMatrix: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Names of the classes, in the order of their numbers.
  public let classes: [String]
  /// Rows are true classes, columns the model's answers.
  public private(set) var counts: [[Int]]

  /// An empty matrix.
  public init(classes: [String]) {
    self.classes = classes
    counts = Array(repeating: Array(repeating: 0, count: classes.count), count: classes.count)
  }

  /// - Throws: `.shape` if the arrays differ in length; `.value` for a class number out of range, with its place.
  public init(targets: [Int], answers: [Int], classes: [String]) throws {
    self.init(classes: classes)
    try add(targets: targets, answers: answers)
  }

  /// As many classes as numbers occur, named by them.
  public init(targets: [Int], answers: [Int]) throws {
    let last = max(targets.max() ?? -1, answers.max() ?? -1)
    guard last < 1 << 14 else {
      throw CajalError(.value, "ConfusionMatrix", expected: "class numbers below \(1 << 14)", given: "one is \(last)")
    }
    try self.init(targets: targets, answers: answers, classes: (0..<(last + 1)).map(String.init))
  }

  /// Adds answers; nothing is added when one is out of range.
  public mutating func add(targets: [Int], answers: [Int]) throws {
    guard targets.count == answers.count else {
      throw CajalError(
        .shape, "ConfusionMatrix", expected: "an answer for each target",
        given: "there are \(targets.count) targets and \(answers.count) answers")
    }
    for (row, values) in zip(targets, answers).enumerated() {
      for value in [values.0, values.1] where !classes.indices.contains(value) {
        throw CajalError(
          .value, "ConfusionMatrix", expected: "classes in 0 ..< \(classes.count)", given: "sample \(row) has \(value)")
      }
    }
    for (target, answer) in zip(targets, answers) { counts[target][answer] += 1 }
  }

  /// Number of samples.
  public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }
  /// Samples that are right: the sum of the diagonal.
  public var correct: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }
  /// The fraction of right answers; NaN if there are none at all.
  public var accuracy: Double { Double(correct) / Double(total) }
  /// How often each class is the truth.
  public var support: [Int] { counts.map { $0.reduce(0, +) } }
  /// How often each class is the answer.
  public var answered: [Int] { classes.indices.map { column in counts.reduce(0) { $0 + $1[column] } } }

  /// A table: a row for each true class, a column for each answer.
  public var description: String {
    let cells = [[""] + classes] + zip(classes, counts).map { [$0] + $1.map(String.init) }
    let widths = (0...classes.count).map { column in cells.map { $0[column].count }.max() ?? 0 }
    return cells.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + space : space + cell.0
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
