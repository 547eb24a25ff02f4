// Convolutions of 3 x 3 by Winograd's method, against the same programs without it.
import CajalCPU
import CajalCompiler
import CajalGraph
import Testing
import VectorKernels

@Suite struct WinogradPassTests {
  struct Case: Sendable {
    var shape = [8, 14, 14, 32], filters = 48, low = [1, 1], high = [1, 1], isTraining = true
    var epilogue = "relu"
  }
  static let cases = [
    Case(), Case(shape: [1, 32, 30, 64], filters: 64, isTraining: false, epilogue: "clip"),
    Case(shape: [2, 17, 19, 32], filters: 32, low: [0, 0], high: [0, 0], epilogue: "none"),
    Case(shape: [1, 24, 24, 32], filters: 96, low: [2, 0], high: [1, 2], isTraining: false, epilogue: "tanh"),
    Case(shape: [3, 16, 16, 96], filters: 32, low: [0, 2], high: [2, 0], epilogue: "none"),
  ]

  private func problem(_ c: Case) -> Problem {
    var draw = Draw(seed: 9)
    var problem = Problem()
    problem.isTraining = c.isTraining
    let x = problem.input(draw.numbers(c.shape, -1, 1))
    let kernel = problem.input(draw.numbers([3, 3, c.shape[3], c.filters], -0.1, 0.1))
    let bias = problem.input(draw.numbers([c.filters], -1, 1))
    let window = Window(strides: [1, 1], paddingLow: c.low, paddingHigh: c.high, dilations: [1, 1])
    var y = x.convolved(kernel, window: window) + bias.broadcast(to: Shape(c.shape[0..<1] + [1, 1, c.filters]))
    switch c.epilogue {
    case "relu": y = y.relu()
    case "clip": y = y.clipped(0, 1)
    case "tanh": y = y.tanh()
    default: break
    }
    let slope = problem.input(draw.numbers(y.shape.dimensions, -0.1, 0.1))
    problem.outputs = [y] + (c.isTraining ? gradient(of: (y * slope).sum(), with: [x, kernel, bias]) : [])
    return problem
  }

  @Test(arguments: cases.indices) func agrees(index: Int) throws {
    let problem = problem(Self.cases[index])
    let direct = try problem.compiled(PassSettings(off: ["winograd"]))
    for off: Set<String> in [[], ["layouts"], ["fuse-epilogues", "fuse-elementwise"]] {
      expectClose(try problem.compiled(PassSettings(off: off)), direct, tolerance: 2e-5, "without \(off)")
    }
  }

  /// Otherwise the test above compares a program with itself.
  @Test(.enabled(if: vk_product_is_fast() != 0, "the processor has no vectors of 512 bits")) func isChosen() throws {
    for c in Self.cases {
      let problem = problem(c)
      let program = try Program(
        Request(inputs: problem.inputs.map(\.tensor), outputs: problem.outputs, updates: [], isTraining: c.isTraining))
      let chosen = try program.report().kernels.filter { $0.implementation == "winograd" }.count
      #expect(chosen == (c.epilogue == "tanh" ? 0 : c.isTraining ? 3 : 1), "\(c)")
    }
  }
}
