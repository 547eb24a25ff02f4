// What only shows when a program runs: indices outside, random numbers.
import CajalCPU
import CajalCompiler
import CajalGraph
import Testing

@Suite struct RunTimeTests {
  @Test(arguments: [false, true]) func indicesOutsideAreErrors(scatters: Bool) throws {
    var problem = Problem()
    let table = problem.input(Values([3, 2], .float32, [1, 2, 3, 4, 5, 6]))
    let indices = problem.input(Values([3], .int32, [0, 3, 1]))
    problem.outputs = [scatters ? table.scatteredAdd(at: indices, size: 3) : table.gathered(indices)]
    let error = #expect(throws: CajalError.self) { try problem.compiled() }
    #expect(
      error?.description
        == "\(scatters ? "scatter add" : "gather"): expected indices in 0..<3, but the one at position 1 is outside. "
        + "Check the labels or ids, or make the table larger.")
    // Negative ones too; and the same graph with good indices runs.
    problem.inputs[1].values.data = [0, -1, 1]
    #expect(throws: CajalError.self) { try problem.compiled() }
    problem.inputs[1].values.data = [0, 2, 1]
    expectClose(try problem.compiled(), try problem.interpreted(), tolerance: 0, "good indices")
  }

  /// Every kernel's error is cleared, not only the one that is told.
  @Test func errorsAreForgottenAfterwards() throws {
    let table = Tensor.placeholder("table", TensorType([3], .float32), trace: nil)
    let indices = Tensor.placeholder("indices", TensorType([2], .int32), trace: nil)
    let y = table.gathered(indices) + table.reversed(axes: [0]).gathered(indices.reversed(axes: [0]))
    let program = try Program(Request(inputs: [table, indices], outputs: [y]), settings: PassSettings())
    let (values, result) = (Values([3], .float32, [1, 2, 3]).storage, Storage(.float32, count: 2))
    let (bad, good) = (Values([2], .int32, [0, 7]).storage, Values([2], .int32, [0, 2]).storage)
    #expect(throws: CajalError.self) {
      try program.run([values, bad], into: [result])
    }
    try program.run([values, good], into: [result])
    #expect(result.scalars(as: Float.self) == [2, 6])
  }

  @Test func labelsOutsideAreErrors() throws {
    var problem = Problem()
    let logits = problem.input(Values([2, 3], .float32, [1, 2, 3, 4, 5, 6]))
    problem.outputs = [logits.softmaxCrossEntropy(problem.input(Values([2], .int64, [2, 3])))]
    let error = #expect(throws: CajalError.self) { try problem.compiled() }
    #expect(
      error?.description == "softmax cross-entropy: expected indices in 0..<3, but the one at position 1 is outside. "
        + "Check the labels or ids, or make the table larger.")
  }

  private func numbers(
    _ distribution: RandomValues.Distribution, _ lower: Double, _ upper: Double, seed: Double, step: Double, count: Int
  ) throws -> [Double] {
    var problem = Problem()
    let inputs = [problem.input(Values([], .int64, [seed])), problem.input(Values([], .int64, [step]))]
    let operation = RandomValues(
      distribution, lower: lower, upper: upper, stream: 5, type: TensorType([count], .float32))
    problem.outputs = [Tensor.make(operation, inputs)]
    return try problem.compiled()[0].data
  }

  /// Mean and deviation of the normal cut at two deviations: 0 and √(1 - 4 φ(2) / (2 Φ(2) - 1)) = 0.8796.
  @Test func truncatedNormal() throws {
    let data = try numbers(.truncatedNormal, 3, 2, seed: 1, step: 2, count: 100_000)
    #expect(data.allSatisfy { abs($0 - 3) <= 4.000_001 })
    let mean = data.reduce(0, +) / 100_000
    let deviation = (data.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000).squareRoot()
    #expect(abs(mean - 3) < 0.02)
    #expect(abs(deviation / 2 - 0.879_6) < 0.005)
  }

  @Test func numbersDependOnSeedStepAndPlaceAlone() throws {
    let first = try numbers(.uniform, 0, 1, seed: 1, step: 1, count: 200)
    #expect(try numbers(.uniform, 0, 1, seed: 1, step: 1, count: 100) == Array(first.prefix(100)))
    #expect(try numbers(.uniform, 0, 1, seed: 1, step: 2, count: 200) != first)
    #expect(try numbers(.uniform, 0, 1, seed: 2, step: 1, count: 200) != first)
  }

  /// 0, 1 and certainty.
  @Test func bernoulliAtTheEnds() throws {
    #expect(try numbers(.bernoulli, 0, 0, seed: 1, step: 1, count: 1000).allSatisfy { $0 == 0 })
    #expect(try numbers(.bernoulli, 1, 0, seed: 1, step: 1, count: 1000).allSatisfy { $0 == 1 })
  }
}
