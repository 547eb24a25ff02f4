// Products with yes-or-no matrices, by looking sums of rows up and as ordinary products.
import CajalCPU
import CajalCompiler
import CajalGraph
import Testing

@Suite struct ChooseRowsTests {
  /// A step of a machine of binary units, as short as it can be.
  private func problem(rows: Int = 60, visible: Int = 100, hidden: Int = 70, epilogue: String = "sigmoid") -> Problem {
    var draw = Draw(seed: 4)
    var problem = Problem()
    problem.isTraining = true
    let data = problem.input(draw.numbers([rows, visible], -1, 1))
    let weights = problem.input(draw.numbers([visible, hidden], -0.5, 0.5))
    let bias = problem.input(draw.numbers([hidden], -1, 1))
    let chances = problem.input(draw.numbers([rows, hidden], 0, 1))
    let v = (data .> 0).cast(to: .float32)
    var h = v.matmul(weights) + bias.broadcast(to: [rows, hidden])
    switch epilogue {
    case "sigmoid": h = h.sigmoid()
    case "tanh": h = h.tanh()
    case "clip": h = h.clipped(0, 1)
    default: break
    }
    let samples = (chances .< h).cast(to: .float32)
    let back = samples.matmul(weights, transposeOther: true)
    let both = Tensor.concatenate([v, (back .> 0).cast(to: .float32)])
    let change = both.matmul(Tensor.concatenate([h, samples]), transposeSelf: true)
    problem.outputs = [h, back, change, change.sum(axes: [0])]
    return problem
  }

  private func chosen(_ problem: Problem) throws -> Int {
    let program = try Program(
      Request(inputs: problem.inputs.map(\.tensor), outputs: problem.outputs, updates: [], isTraining: true))
    return try program.report().kernels.filter { $0.implementation == "choices" }.count
  }

  @Test(arguments: ["none", "sigmoid", "tanh", "clip"]) func agrees(epilogue: String) throws {
    let problem = problem(epilogue: epilogue)
    // Otherwise the lines below compare a program with itself.
    #expect(try chosen(problem) == (epilogue == "clip" ? 2 : 3))
    let plain = try problem.compiled(PassSettings(off: ["choose-rows"]))
    for off: Set<String> in [[], ["fuse-epilogues"], ["fuse-elementwise"], ["layouts"]] {
      expectClose(try problem.compiled(PassSettings(off: off)), plain, tolerance: 2e-5, "without \(off)")
    }
  }

  /// Numbers that may be anything are multiplied, however often they are 0 or 1.
  @Test func whatIsNotKnownIsMultiplied() throws {
    var draw = Draw(seed: 5)
    var problem = Problem()
    let data = problem.input(draw.numbers([64, 100], -1, 1))
    let weights = problem.input(draw.numbers([100, 70], -1, 1))
    let half = (data .> 0).cast(to: .float32) * 0.5
    let mixed = (data .> 0).select(Tensor.ones([64, 100]), data)
    problem.outputs = [data.rounded().matmul(weights), half.matmul(weights), mixed.matmul(weights)]
    #expect(try chosen(problem) == 0)
    problem.outputs = [(data .> 0).select(Tensor.ones([64, 100]), Tensor.zeros([64, 100])).matmul(weights)]
    #expect(try chosen(problem) == 1)
  }
}
