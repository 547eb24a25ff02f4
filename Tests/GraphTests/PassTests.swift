// Random graphs with every pass on, each one off, and in the reference: the same numbers.
import CajalCPU
import CajalCompiler
import CajalGraph
import Foundation
import Testing

/// The largest difference of a trail from another, in units of 1 + the largest number of the tensor.
private func distance(_ a: RandomGraph.Trail, _ b: RandomGraph.Trail) -> Double {
  func worst(_ a: [Values], _ b: [Values]) -> Double {
    guard a.map(\.type) == b.map(\.type) else { return .infinity }
    return zip(a, b).map { given, expected -> Double in
      let size = expected.data.reduce(1.0) { max($0, abs($1)) }
      return zip(given.data, expected.data).reduce(0.0) { worst, pair in
        let gap = abs(pair.0 - pair.1) / size
        return gap.isNaN ? .infinity : max(worst, gap)
      }
    }.max() ?? 0
  }
  let outputs = zip(a.outputs, b.outputs).map { worst($0, $1) }.max() ?? .infinity
  return max(outputs, worst(a.variables, b.variables))
}

@Suite struct PassTests {
  static let passes = PassList.names + ["all"]

  /// `CAJAL_TEST_SEEDS=1000` looks at more graphs.
  private static let seeds = 1...(ProcessInfo.processInfo.environment["CAJAL_TEST_SEEDS"].flatMap { UInt64($0) } ?? 40)

  @Test(arguments: seeds) func onAndOffAgree(seed: UInt64) throws {
    let trains = seed % 2 == 0
    let expected = try RandomGraph(seed: seed, trains: trains).interpreted(steps: 2)
    for isTraining in [true, false] {
      for settings in [PassSettings()] + Self.passes.map({ PassSettings(off: [$0]) }) {
        // Variables are made anew each time: a program may change how they lie.
        let given = try RandomGraph(seed: seed, trains: trains).compiled(settings, isTraining: isTraining, steps: 2)
        let gap = distance(given, expected)
        #expect(gap < 2e-5, "seed \(seed), off \(settings.off), training \(isTraining)")
      }
    }
  }

  /// The random graphs hold what the passes look for, so that agreeing means something.
  @Test func graphsReachThePasses() throws {
    var seen: [String: Int] = [:]
    for seed in UInt64(1)...40 {
      let graph = RandomGraph(seed: seed, trains: seed % 2 == 0)
      for instruction in try graph.program(PassSettings(), isTraining: true).code.instructions {
        seen[String(describing: type(of: instruction.operation)), default: 0] += 1
        if let map = instruction.operation as? FusedMap, map.steps.count > 3 { seen["long map", default: 0] += 1 }
        if let map = instruction.operation as? FusedMap, map.outputs.contains(where: { $0.reduction != nil }),
          !map.steps.isEmpty
        {
          seen["reducing map", default: 0] += 1
        }
      }
    }
    let wanted = [
      "FusedEpilogue", "FusedMap", "SegmentedMap", "Rearrange",
      "ConvolutionInputGradient",
      "Contraction", "Pooling", "MaxPoolingWithWinners", "MaxPoolingWinnersGradient", "FusedNormalization",
      "LocalResponseNormalization", "Gather",
      "Slice", "Pad",
      "Concatenate", "Transpose", "Softmax", "Cumulative", "long map", "reducing map",
    ]
    for name in wanted { #expect(seen[name, default: 0] >= 1, "\(name)") }
  }

  /// The code is sound after each pass alone, in every build.
  @Test(arguments: UInt64(1)...20) func codeStaysSound(seed: UInt64) throws {
    let graph = RandomGraph(seed: seed, trains: true)
    let request = Request(
      inputs: graph.inputs.map(\.tensor), outputs: graph.outputs, updates: graph.updates, isTraining: true)
    var code = try Code(request, backend: Processor())
    try code.verify(after: "import")
    let passes: [any Pass] = [
      Simplify(), Share(), Simplify(), RemoveDead(), FuseEpilogues(), MaskBeforePooling(), FuseElementwise(),
      MergeUpdates(),
    ]
    for pass in passes {
      try pass.run(&code)
      try code.verify(after: type(of: pass).name)
    }
  }
}
