// Batch normalization that takes its neighbours along, against the same programs step by step.
import CajalCPU
import CajalCompiler
import CajalGraph
import Testing

@Suite struct NormalizationPassTests {
  /// What follows a normalization.
  enum Shape: String, CaseIterable, Sendable {
    case alone, relu, clip, tanh, residual, residualBefore, residualWithoutActivation, bothNormalized, readTwice, leaves
    case ofItsMean
  }

  private func problem(_ kind: Shape, blocks: Bool) -> Problem {
    var draw = Draw(seed: 5)
    var problem = Problem()
    problem.isTraining = true
    let input = problem.input(draw.numbers([2, 5, 5, 32], -1, 1))
    let kernel = problem.input(draw.numbers([1, 1, 32, 32], -1, 1))
    let window = Window(strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 0], dilations: [1, 1])
    // A convolution makes arrays in blocks of channels of what is behind it.
    let x = blocks ? input.convolved(kernel, window: window) : input * 2
    let gamma = problem.input(draw.numbers([32], 0.5, 1.5))
    let beta = problem.input(draw.numbers([32], -1, 1))
    let (z, mean, variance) = x.batchNormalized(gamma: gamma, beta: beta, epsilon: 1e-3)
    var extra: [Tensor] = [mean, variance]
    let y: Tensor
    switch kind {
    case .alone: y = z
    case .relu: y = z.relu()
    case .clip: y = z.clipped(0, 1)
    case .tanh: y = z.tanh()
    case .residual: y = (z + input).relu()
    case .residualBefore: y = (input.exp() + z).relu()
    case .residualWithoutActivation: y = z + input
    case .bothNormalized:
      let other = (input * input).batchNormalized(gamma: beta, beta: gamma, epsilon: 1e-3)
      extra += [other.mean, other.variance]
      y = (z + other.y).relu()
    case .readTwice:
      y = z.relu()
      extra.append(z.squared())
    case .leaves:
      y = z.relu()
      extra.append(z)
    case .ofItsMean: y = (z + mean.broadcast(to: z.shape)).relu()
    }
    let slope = problem.input(draw.numbers(y.shape.dimensions, -1, 1))
    problem.outputs =
      [y] + extra
      + gradient(
        of: (y * slope).sum(),
        with: [input, kernel, gamma, beta].filter {
          blocks || $0.node !== kernel.node
        })
    return problem
  }

  @Test(arguments: Shape.allCases, [false, true]) func agrees(kind: Shape, blocks: Bool) throws {
    let problem = problem(kind, blocks: blocks)
    let expected = try problem.compiled(PassSettings(off: ["fuse-normalization"]))
    for off: Set<String> in [[], ["fuse-elementwise"], ["layouts"], ["memory"]] {
      expectClose(
        try problem.compiled(PassSettings(off: off)), expected, tolerance: 1e-5, "\(kind), blocks \(blocks), \(off)")
    }
  }

  /// What the pass makes of each, so that the test above does not compare programs with themselves.
  @Test(arguments: Shape.allCases) func fusesWhatItCan(kind: Shape) throws {
    let problem = problem(kind, blocks: true)
    let program = try Program(
      Request(inputs: problem.inputs.map(\.tensor), outputs: problem.outputs, updates: [], isTraining: true))
    let labels = try program.report().kernels.map(\.label).filter { $0.contains("batch normalization") }
    let expected: [String]
    switch kind {
    case .ofItsMean: expected = ["batch normalization"]  // its gradient goes through the decomposition
    case .alone, .tanh, .readTwice, .leaves:
      expected = ["batch normalization", "batch normalization gradient"]
    case .relu: expected = ["batch normalization + relu", "relu + batch normalization gradient"]
    case .clip: expected = ["batch normalization + clip 0.0…1.0", "clip 0.0…1.0 + batch normalization gradient"]
    case .residual, .residualBefore: expected = ["batch normalization + add + relu", "batch normalization gradient"]
    case .residualWithoutActivation: expected = ["batch normalization + add", "batch normalization gradient"]
    case .bothNormalized:
      expected = [
        "batch normalization", "batch normalization + add + relu", "batch normalization gradient",
        "batch normalization gradient",
      ]
    }
    #expect(labels.sorted() == expected.sorted(), "\(kind)")
  }
}
