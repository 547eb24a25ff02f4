import Cajal
import CajalTerminal

/// How good a model is on data it has not seen.
struct Report {
  let task: TrainingTask
  let card: ModelCard
  /// Loss and metrics.
  let logs: Logs
  /// `[samples, outputs]`, flat.
  let outputs: [Float]
  let outputCount: Int
  /// Classes, or numbers.
  let truths: [Float]
  let inputs: Tensor

  init(_ task: TrainingTask, _ model: Model, _ data: TaskData, seed: Int) throws {
    self.task = task
    card = data.card
    let test = try data.test.tensors()
    inputs = test.inputs[0]
    truths = test.targets[0].floats
    let answers = try model.predict(inputs, batchSize: 128)
    outputs = answers.floats
    outputCount = max(1, answers.shape.last)
    logs = try model.evaluate(inputs, test.targets[0], batchSize: 128)
  }

  var count: Int { truths.count }

  // MARK: - Classes

  /// The class that each sample was taken for.
  var answers: [Int] {
    (0..<count).map { sample in
      let row = outputs[(sample * outputCount)..<((sample + 1) * outputCount)]
      return (row.indices.max { row[$0] < row[$1] } ?? row.startIndex) - row.startIndex
    }
  }

  /// The samples that were taken for another class, in their order.
  var mistakes: [Int] {
    let answers = answers
    return (0..<count).filter { answers[$0] != Int(truths[$0]) }
  }

  func name(ofClass index: Int) -> String { card.name(ofClass: index) }

  func confusion() throws -> ConfusionMatrix {
    try ConfusionMatrix(
      targets: truths.map { Int($0) }, answers: answers, classes: (0..<outputCount).map(name))
  }

  // MARK: - Numbers

  /// Measures of a regression: mean absolute error, root mean square error, R², the largest error.
  var errors: (mae: Double, rmse: Double, r2: Double, largest: Double) {
    let differences = zip(outputs, truths).map { Double($0 - $1) }
    let mean = truths.reduce(0) { $0 + Double($1) } / Double(count)
    let squares = differences.reduce(0) { $0 + $1 * $1 }
    let variation = truths.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (
      differences.reduce(0) { $0 + abs($1) } / Double(count), (squares / Double(count)).squareRoot(),
      variation > 0 ? 1 - squares / variation : .nan, differences.map(abs).max() ?? 0
    )
  }

  // MARK: - Text

  func text(for terminal: Terminal) -> String {
    switch task.answers {
    case .classes:
      let wrong = mistakes.count
      let accuracy = Double(count - wrong) / Double(count)
      var text = "\n"
      text += Style.bold.applied(
        to: "On \(Format.count(count)) held-out \(task.samples): accuracy \(Format.percent(accuracy))", in: terminal)
      text += ", loss \(Format.metric(logs["loss"] ?? .nan)), \(Format.count(wrong)) wrong\n\n"
      guard let matrix = try? confusion() else { return text }
      return text + Table.confusionMatrix(matrix.counts, labels: matrix.classes).rendered(for: terminal)
    case .number(let unit):
      let errors = errors
      let rmse = "\(Format.fixed(errors.rmse, digits: 2)) \(unit)"
      let head = "On \(Format.count(count)) held-out \(task.samples): RMSE \(rmse)"
      var text = "\n" + Style.bold.applied(to: head, in: terminal)
      text += ", R² \(Format.fixed(errors.r2, digits: 3))\n\n"
      return text + errorTable(unit).rendered(for: terminal)
    }
  }

  private func errorTable(_ unit: String) -> Table {
    let errors = errors
    var table = Table(["Error", "Value"])
    func add(_ name: String, _ value: String) { table.addRow([.text(name), .text(value)]) }
    add("mean absolute", "\(Format.fixed(errors.mae, digits: 2)) \(unit)")
    add("root mean square", "\(Format.fixed(errors.rmse, digits: 2)) \(unit)")
    add("largest", "\(Format.fixed(errors.largest, digits: 2)) \(unit)")
    for bound in [2.0, 5.0, 10.0] {
      let within = zip(outputs, truths).count { Double(abs($0 - $1)) <= bound }
      add("within \(Int(bound)) \(unit)", Format.percent(Double(within) / Double(count), digits: 1))
    }
    return table
  }
}

extension ModelCard {
  /// The name of a class, else its number.
  func name(ofClass index: Int) -> String {
    guard let classes, classes.indices.contains(index) else { return "\(index)" }
    return classes[index]
  }
}
