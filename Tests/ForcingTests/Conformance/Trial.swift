import CajalCPU
// A network or a method that is run with passes of the compiler on and off.
import CajalCompiler
import Testing

@testable import Cajal

/// What a run leaves: predictions and losses, and what training did to the variables.
struct Outcome {
  /// Variables before and after a step or several.
  struct Change {
    var before: [[Float]]
    var after: [[Float]]
  }

  var predictions: [Float] = []
  var losses: [Double] = []
  /// Parameters and states apart from the optimizer's slots, whose numbers are of another size.
  var changes: [Change] = []
  /// Everything that a step changes, after each step: where a guided run takes the next one from.
  var states: [[Storage]] = []
  /// The kernels of its programs, with their layouts and memory: tells whether a pass had something to do.
  var programs: [String] = []
}

struct Trial: Sendable, CustomTestStringConvertible {
  let name: String
  /// How far what a step changes may be off, as a part of the change: rounding decides which side of a kink some of a
  /// network's activations lie on, and in the deepest ones there are millions. A wrong kernel is off by about 1.
  var tolerance = 1e-2
  /// Runs with some passes; a guided one takes each step from where the guide was.
  let run: @Sendable (PassSettings, _ guide: Outcome?) throws -> Outcome
  var testDescription: String { name }

  init(_ name: String, run: @escaping @Sendable (PassSettings, _ guide: Outcome?) throws -> Outcome) {
    self.name = name
    self.run = run
  }

  /// A model with data: it predicts, takes three steps on one batch, and predicts again.
  ///
  /// - Parameter isGuided: Whether each step begins where the run with all passes stood. The first steps of deep
  ///   networks with normalization make differences a hundred times larger; each step alone is within rounding.
  init(
    _ name: String, loss: any Loss, optimizer: any Optimizer = SGD(learningRate: 0.02, momentum: 0.9),
    metrics: [any Metric] = [], isGuided: Bool = false,
    data: @escaping @Sendable () -> (inputs: [Tensor], target: Tensor),
    model: @escaping @Sendable () throws -> Model
  ) {
    self.init(name) { settings, guide in
      let (model, (inputs, target)) = (try model(), data())
      model.passSettings = settings
      model.compile(optimizer: optimizer, loss: loss, metrics: metrics)
      let rows = target.shape[0]
      func predict() throws -> [Float] { try model.predict(inputs, batchSize: rows).flatMap(\.floats) }
      var outcome = Outcome()
      outcome.predictions = try predict()
      let step = try model.trainingStep(inputs, [target])
      let groups = [model.variables, try model.settings().optimizerVariables]
      func values() -> [[[Float]]] { groups.map { $0.map { $0.tensor.floats } } }
      var before = values()
      func noteChange() {
        let after = values()
        outcome.changes += zip(before, after).map { Outcome.Change(before: $0, after: $1) }
        before = after
      }
      for number in 0..<3 {
        step.resetLogs()
        try step.run()
        outcome.losses += step.logs.map(\.value)
        if isGuided { noteChange() }
        outcome.states.append(groups.joined().map(\.value))
        if isGuided, let guide {
          for (variable, value) in zip(groups.joined(), guide.states[number]) { variable.value = value }
          before = values()
        }
      }
      if !isGuided { noteChange() }
      outcome.predictions += try predict()
      let prediction = try model.program(ProgramCache.Signature(task: .predict, batch: rows))
      outcome.programs = try [prediction, step.program].map(fingerprint)
      return outcome
    }
  }

  /// Steps of one's own over models and variables; `make` gives what runs once.
  init(
    steps name: String,
    make: @escaping @Sendable (PassSettings) throws -> (variables: [Variable], run: () throws -> [Tensor])
  ) {
    self.init(name) { settings, _ in
      let (variables, run) = try make(settings)
      var outcome = Outcome()
      let before = variables.map { $0.tensor.floats }
      for _ in 0..<3 { outcome.predictions += try run().flatMap(\.floats) }
      outcome.changes = [Outcome.Change(before: before, after: variables.map { $0.tensor.floats })]
      return outcome
    }
  }
}

private func fingerprint(_ program: Program) throws -> String {
  let report = try program.report()
  let kernels = report.kernels.map { "\($0.label) \($0.inputs) \($0.outputs) \($0.implementation) \($0.conversions)" }
  return "\(report.arenaBytes)\n" + kernels.joined(separator: "\n")
}

extension CompiledStep {
  /// The step with passes chosen.
  convenience init(
    seed: Int = 0, _ settings: PassSettings, _ body: @escaping @Sendable (Step) throws -> [Tensor]
  ) {
    self.init(seed: seed, body)
    passSettings = settings
  }
}

/// How far numbers may lie apart that only rounding tells apart.
enum Closeness {
  /// Of results: the largest difference, in units of 1 + the largest number.
  static func gap(_ a: [Float], _ b: [Float]) -> Double {
    guard a.count == b.count else { return .infinity }
    let size = b.reduce(1.0) { max($0, Double(abs($1))) }
    return zip(a, b).reduce(0) { worst, pair in
      let gap = abs(Double(pair.0) - Double(pair.1)) / size
      return gap.isNaN ? .infinity : max(worst, gap)
    }
  }

  /// Of what steps changed in a variable: the length of the difference, in units of the change's own length and a
  /// twentieth of what a variable of its size changes by in this network (a bias in front of a normalization moves by
  /// rounding alone). The largest of all variables.
  static func gap(_ a: Outcome, _ b: Outcome) -> Double {
    guard a.changes.count == b.changes.count else { return .infinity }
    return zip(a.changes, b.changes).map(gap).max() ?? .infinity
  }

  private static func gap(_ a: Outcome.Change, _ b: Outcome.Change) -> Double {
    func square(_ x: [Float], _ y: [Float]) -> Double {
      zip(x, y).reduce(0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
    }
    let changes = zip(b.after, b.before).map(square)
    let count = b.after.reduce(0) { $0 + $1.count }
    let usual = changes.reduce(0, +) / Double(max(count, 1))
    let gaps = b.after.indices.map { index in
      let unit = changes[index] + 0.0025 * usual * Double(b.after[index].count)
      let gap = (square(a.after[index], b.after[index]) / max(unit, 1e-30)).squareRoot()
      return gap.isNaN ? .infinity : gap
    }
    return gaps.max() ?? 0
  }
}
