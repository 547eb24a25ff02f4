// Every model and method with each pass of the compiler off: the same numbers within rounding.
import CajalCPU
import CajalCompiler
import CajalModels
import Foundation
import Testing

@testable import Cajal

/// With `CAJAL_CONFORMANCE=full` (as `make conformance` sets it) every architecture runs in its full width: some minutes.
@Suite(.serialized) struct ConformanceTests {
  private static let isFull = ProcessInfo.processInfo.environment["CAJAL_CONFORMANCE"] == "full"
  private static let trials = Trials.small + Trials.methods + (isFull ? Trials.architectures : [])

  @Test(arguments: trials) func eachPassOff(trial: Trial) throws {
    let expected = try trial.run(PassSettings(), nil)
    #expect(expected.predictions.allSatisfy(\.isFinite) && expected.losses.allSatisfy(\.isFinite))
    #expect(expected.changes.first.map { $0.after != $0.before } == true)
    for pass in PassList.names + ["all"] {
      let given = try trial.run(PassSettings(off: [pass]), expected)
      let prediction = Closeness.gap(given.predictions, expected.predictions)
      let loss = Closeness.gap(given.losses.map(Float.init), expected.losses.map(Float.init))
      let update = Closeness.gap(given, expected)
      if ProcessInfo.processInfo.environment["CAJAL_CONFORMANCE_SHOW"] != nil {
        print("gap \(trial.name) \(pass): \(prediction) \(loss) \(update)")
      }
      #expect(prediction < 1e-4, "\(trial.name) without \(pass)")
      #expect(loss < 1e-4, "\(trial.name) without \(pass)")
      #expect(update < trial.tolerance, "\(trial.name) without \(pass)")
    }
  }

  /// Each pass changes a program of the small trials, so that agreeing means something. What nobody uses is left out by
  /// other passes as well.
  @Test func trialsReachThePasses() throws {
    var idle = Set(PassList.names).subtracting(["remove-dead"])
    for trial in Trials.small where !idle.isEmpty {
      let expected = try trial.run(PassSettings(), nil).programs
      for pass in idle where try trial.run(PassSettings(off: [pass]), nil).programs != expected { idle.remove(pass) }
    }
    #expect(idle.isEmpty, "nothing to do for \(idle.sorted())")
  }
}
