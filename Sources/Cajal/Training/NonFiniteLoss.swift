// A loss that is no number: the step runs again, operation by operation, and the error says where it began.
import CajalCPU
import CajalCompiler
import CajalGraph
import Foundation

/// A step ended at a loss that is infinite or NaN; no parameter has changed.
struct NonFiniteLoss: Error {
  var error: CajalError
}

/// What is known of a loss that is no number, and how it is told.
struct LossExplanation {
  /// Who noticed: `fit`.
  var subject: String
  var value: Double
  /// `in batch 3 of epoch 1`, or nothing.
  var moment: String
  var origin: NonFiniteOrigin
  /// Class names of layers by path.
  var classes: [String: String]
  var batch: BatchInMemory
  /// Whether an update has been made before.
  var hasTrained: Bool

  var error: CajalError {
    let (reason, advice) = told
    let when = moment.isEmpty ? "" : " \(moment)"
    return CajalError(
      .value, subject, expected: "a finite loss", given: "it is \(text(value))\(when), because \(reason)",
      advice: advice)
  }

  private var told: (reason: String, advice: String) {
    switch origin {
    case .input(let part, let report):
      return (data(part, report), "Fill in or leave out missing values before training.")
    case .variables(let variables): return (weights(variables), gradientAdvice(variables.last?.variable.name ?? ""))
    case .operation(let operation): return (faulty(operation), advice(operation))
    case .none(let largest):
      let edge = largest.map { ": the largest, \(text($0.result.magnitude)), comes from \(place($0))" } ?? ""
      return (
        "its numbers, or the epoch's sum of losses, reach the edge of float32" + edge,
        "Lower the learning rate, clip gradients, or scale the data down."
      )
    }
  }

  private func data(_ part: Int, _ report: NumberReport) -> String {
    let each = max(report.type.shape.count / max(batch.count, 1), 1)
    let first = report.first ?? (0, .nan)
    return "\(batch.name(part)) has \(text(first.value)) in \(batch.describe(row: first.place / each))"
  }

  private func weights(_ variables: [(variable: Variable, report: NumberReport)]) -> String {
    guard let first = variables.first else { return "a parameter is no number" }
    let others = variables.dropFirst().map(\.variable.name)
    let rest =
      others.isEmpty
      ? ""
      : ", and so \(others.count == 1 ? "has" : "have") \(others.prefix(3).joined(separator: ", "))"
        + (others.count > 3 ? " and \(others.count - 3) more" : "")
    let since = hasTrained ? "since an earlier update" : "from the start"
    return "\(first.variable.name) has had \(text(first.report.first?.value ?? .nan)) in it \(since)\(rest)"
  }

  private func gradientAdvice(_ last: String) -> String {
    guard hasTrained else { return "Set the weights anew, or load another file." }
    return
      "The loss before was finite and a gradient was not: lower the learning rate, clip gradients, or look between "
      + "\(last) and the loss for sqrt, log or a division at 0."
  }

  private func faulty(_ operation: FaultyOperation) -> String {
    var text = "\(place(operation)) gives \(self.text(operation.result.first?.value ?? .nan))"
    if let range = operation.inputs {
      text += " from numbers in \(self.text(range.lowerBound))…\(self.text(range.upperBound))"
    }
    let shape = operation.result.type.shape
    if batch.count > 0, shape.rank > 0, shape[0] == batch.count, let first = operation.result.first {
      let each = max(shape.count / batch.count, 1)
      // Told only where one sample is to blame.
      if operation.result.badCount <= each { text += ", for \(batch.describe(row: first.place / each))" }
    }
    return text
  }

  private func advice(_ operation: FaultyOperation) -> String {
    let domains: Set = [
      "log", "log1p", "sqrt", "rsqrt", "reciprocal", "divide", "power", "modulo", "asin", "acos", "acosh", "atanh",
    ]
    if domains.contains(operation.name) {
      return
        "Keep what goes into \(operation.name) inside its range: add a small number, or clip it with clipped(_:_:)."
    }
    return "Numbers outgrow \(operation.result.type.dtype.rawValue): lower the learning rate, clip gradients, "
      + "or scale the data down."
  }

  /// `exp in dense_1 (Dense)`.
  private func place(_ operation: FaultyOperation) -> String {
    guard !operation.path.isEmpty else { return "\(operation.name) outside of layers" }
    let name = classes[operation.path].map { " (\($0))" } ?? ""
    return "\(operation.name) in \(operation.path)\(name)"
  }

  private func text(_ value: Double) -> String {
    value.isNaN ? "NaN" : value.isFinite ? String(format: "%.4g", value) : "\(value)"
  }
}

extension Model.LossGraph {
  /// Where a loss stands among the layers: `loss`, or `loss_1` where there are several.
  static func path(of index: Int, among count: Int) -> String { count == 1 ? "loss" : "loss_\(index)" }
}

extension Model {
  /// Runs a step whose loss is no number again, with a look at every result.
  func explain(
    _ value: Double, subject: String, moment: String, _ signature: ProgramCache.Signature, _ batch: BatchInMemory
  ) throws -> CajalError {
    let settings = try settings()
    let graph = try lossGraph(signature, settings)
    let origin = try withExtendedLifetime(graph.trace) {
      try withExtendedLifetime(batch) {
        try Replay(Request(inputs: graph.given, outputs: [graph.loss])).origin(inputs: batch.pointers)
      }
    }
    var classes = graph.trace.classNames
    for (index, loss) in settings.losses.enumerated() {
      classes[LossGraph.path(of: index, among: settings.losses.count)] = type(of: loss).className
    }
    return LossExplanation(
      subject: subject, value: value, moment: moment, origin: origin, classes: classes, batch: batch,
      hasTrained: store.step > 0
    ).error
  }
}

extension ModelTrace {
  /// The classes of the layers called, by path.
  var classNames: [String: String] { Dictionary(calls.map { ($0.path, $0.className) }) { first, _ in first } }
}
