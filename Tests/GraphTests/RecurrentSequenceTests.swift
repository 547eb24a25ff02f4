// Whole recurrent layers against stepping their cells: sizes that do not divide evenly, one step, one sample, threads.
import CajalCPU
import CajalCompiler
import CajalGraph
import Foundation
import Testing

/// A layer's sizes.
private struct Trial: Sendable, CustomTestStringConvertible {
  var cell: RecurrentSequence.Cell
  var time: Int
  var batch: Int
  var units: Int
  var reverse = false
  var testDescription: String { "\(cell.rawValue) \(time)x\(batch)x\(units)\(reverse ? " reversed" : "")" }

  static let all: [Trial] = RecurrentSequence.Cell.allCases.flatMap { cell in
    [
      Trial(cell: cell, time: 1, batch: 3, units: 5), Trial(cell: cell, time: 4, batch: 1, units: 37, reverse: true),
      Trial(cell: cell, time: 3, batch: 19, units: 16), Trial(cell: cell, time: 3, batch: 13, units: 70, reverse: true),
      Trial(cell: cell, time: 2, batch: 2, units: 129),
    ]
  }

  /// All results and all gradients of Σ weight · result, of the outputs that are asked for.
  func problem(outputs wanted: Range<Int>) -> Problem {
    var problem = Problem()
    var draw = Draw(seed: UInt64(time * 1000 + batch * 100 + units))
    let columns = cell.gates * units
    let bound = 1 / Double(units).squareRoot()
    var inputs = [problem.input(draw.numbers([time, batch, columns]))]
    inputs += (0..<cell.states).map { _ in problem.input(draw.numbers([batch, units], -1, 1)) }
    inputs.append(problem.input(draw.numbers([units, columns], -bound, bound)))
    if cell == .gru { inputs.append(problem.input(draw.numbers([columns], -1, 1))) }
    let results = Tensor.apply(RecurrentSequence(cell: cell, reverse: reverse), inputs)
    let weights = wanted.map { problem.input(draw.numbers(results[$0].shape.dimensions, -1, 1)) }
    problem.outputs =
      results + gradient(of: wanted.map { results[$0] }, seeds: weights, with: inputs)
    return problem
  }

  /// Ranges of results whose gradients arrive: all of them, the sequence alone, the last state alone.
  var ranges: [Range<Int>] { [0..<(1 + cell.states), 0..<1, 1..<2] }
}

private let stepped = PassSettings(off: ["fuse-recurrent"])

@Suite struct RecurrentSequenceTests {
  @Test(arguments: Trial.all) private func agreesWithItsSteps(_ trial: Trial) throws {
    for wanted in trial.ranges {
      let problem = trial.problem(outputs: wanted)
      let whole = try problem.compiled()
      expectClose(
        whole, try problem.compiled(stepped), tolerance: 2e-5, "\(trial.testDescription), gradients of \(wanted)")
      let again = try problem.compiled()
      #expect(zip(whole, again).allSatisfy { $0.data == $1.data })
    }
  }

  @Test(arguments: [true, false]) func theSwitchDecides(isOn: Bool) throws {
    let problem = Trial(cell: .lstm, time: 3, batch: 2, units: 4).problem(outputs: 0..<1)
    let request = Request(
      inputs: problem.inputs.map(\.tensor), outputs: problem.outputs, updates: [], isTraining: false)
    let code = try Program(request, settings: isOn ? PassSettings() : stepped).code
    let names = Set(code.instructions.map { String(describing: type(of: $0.operation)) })
    #expect(names.contains("RecurrentSequence") == isOn && names.contains("RecurrentSequenceGradient") == isOn)
    #expect(names.contains("Scan") == !isOn)
  }

  /// Samples or units are shared among threads; neither changes a sum's order.
  @Test(arguments: ["1", "2", "3"]) func threadsGiveTheSame(threads: String) async {
    await #expect(processExitsWith: .success) { [threads] in
      setenv("CAJAL_NUM_THREADS", threads, 1)
      for cell in RecurrentSequence.Cell.allCases {
        for (batch, units) in [(2, 261), (37, 70), (1, 300)] {
          let problem = Trial(cell: cell, time: 3, batch: batch, units: units).problem(outputs: 0..<2)
          let whole = try problem.compiled()
          for (a, b) in zip(whole, try problem.compiled(stepped)) {
            if let text = difference(a, b, tolerance: 5e-5) { throw ReferenceError(description: "\(cell): \(text)") }
          }
          guard zip(whole, try problem.compiled()).allSatisfy({ $0.data == $1.data }) else {
            throw ReferenceError(description: "\(cell): other bits")
          }
        }
      }
    }
  }
}
