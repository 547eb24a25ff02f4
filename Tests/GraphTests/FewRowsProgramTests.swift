// Products of a few rows with a large matrix, in programs, against the reference.
import CajalCPU
import CajalCompiler
import CajalGraph
import Testing

@Suite struct FewRowsProgramTests {
  private func problem(rows: Int, epilogue: String) -> Problem {
    var draw = Draw(seed: 6)
    var problem = Problem()
    let x = problem.input(draw.numbers([rows, 400], -1, 1))
    let weights = problem.input(draw.numbers([400, 301], -0.1, 0.1))
    let bias = problem.input(draw.numbers([301], -1, 1))
    let y = x.matmul(weights) + bias.broadcast(to: [rows, 301])
    switch epilogue {
    case "relu": problem.outputs = [y.relu()]
    case "clip": problem.outputs = [y.clipped(-0.25, 0.5)]
    case "tanh": problem.outputs = [y.tanh()]
    default: problem.outputs = [y]
    }
    return problem
  }

  @Test(arguments: [1, 3, 4, 5], ["none", "relu", "clip", "tanh"]) func agrees(rows: Int, epilogue: String) throws {
    let problem = problem(rows: rows, epilogue: epilogue)
    expectClose(try problem.compiled(), try problem.interpreted(), tolerance: 2e-5, "\(rows) rows, \(epilogue)")
    // Otherwise the line above may have looked at another kernel.
    let program = try Program(
      Request(inputs: problem.inputs.map(\.tensor), outputs: problem.outputs, updates: [], isTraining: false))
    let chosen = try program.report().kernels.filter { $0.implementation == "few rows" }.count
    #expect(chosen == (rows <= 4 && epilogue != "tanh" ? 1 : 0))
  }
}
