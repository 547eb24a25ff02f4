// Every gradient: its formula against central differences in Double, its compiled form against the formula.
import CajalCPU
import CajalCompiler
import CajalGraph
import Testing

/// An operation's gradient for given output gradients, to first or second order.
struct Differentiated {
  private let sample: Sample
  private let seeds: [Values]
  private let directions: [Values]

  init(_ sample: Sample, draw: inout Draw) {
    self.sample = sample
    let types = sample.graph(sample.inputs.map { Tensor.placeholder("x", $0.type, trace: nil) }).map(\.type)
    seeds = types.map { draw.numbers($0.shape.dimensions, -1, 1, dtype: .float32) }
    directions = sample.differentiable.map { draw.numbers(sample.inputs[$0].shape, -1, 1, dtype: .float32) }
  }

  /// What is differentiated: Σ seed · output, or the first gradient along the directions.
  func scalar(order: Int, at inputs: [Values]) throws -> Double {
    let (problem, _) = self.problem(order: order - 1, inputs: inputs)
    let weights = order == 1 ? seeds : directions
    return zip(try problem.interpreted(), weights).reduce(0.0) { sum, pair in
      pair.0.dtype.isFloating ? zip(pair.0.data, pair.1.data).reduce(sum) { $0 + $1.0 * $1.1 } : sum
    }
  }

  /// The graph of order 0 (outputs), 1 (gradients) or 2 (gradients of Σ direction · gradient).
  func problem(order: Int, inputs: [Values]? = nil) -> (Problem, wanted: [Tensor]) {
    var problem = Problem()
    let given = (inputs ?? sample.inputs).map { problem.input($0) }
    let wanted = sample.differentiable.map { given[$0] }
    var outputs = sample.graph(given)
    for level in 0..<order {
      let weights = level == 0 ? seeds : directions
      let floating = outputs.indices.filter { outputs[$0].dtype.isFloating }
      let given = floating.map { problem.input(weights[$0].with(outputs[$0].dtype)) }
      outputs = gradient(of: floating.map { outputs[$0] }, seeds: given, with: wanted)
    }
    problem.outputs = outputs
    return (problem, wanted)
  }

  /// The directional derivative by central differences: along one random direction for all inputs.
  func centralDifference(order: Int, step: Double = 1e-5) throws -> Double {
    func moved(_ step: Double) -> [Values] {
      var inputs = sample.inputs
      for (place, index) in sample.differentiable.enumerated() {
        for element in inputs[index].data.indices { inputs[index].data[element] += step * probe(place, element) }
      }
      return inputs
    }
    return (try scalar(order: order, at: moved(step)) - scalar(order: order, at: moved(-step))) / (2 * step)
  }

  /// Σ gradient · probe, and Σ |gradient · probe| as its size.
  func along(_ gradients: [Values]) -> (sum: Double, size: Double) {
    var (sum, size) = (0.0, 0.0)
    for (place, gradient) in gradients.enumerated() {
      for (element, value) in gradient.data.enumerated() {
        sum += value * probe(place, element)
        size += abs(value * probe(place, element))
      }
    }
    return (sum, size)
  }

  /// The direction: fixed, irregular, of both signs.
  private func probe(_ input: Int, _ element: Int) -> Double {
    let phase: Double = Double(element * 7 + input * 3 + 1) * 0.618_033_988_749_895
    return 2 * (phase - phase.rounded(.down)) - 1
  }
}

extension Values {
  fileprivate func with(_ dtype: DType) -> Values { Values(shape, dtype, data) }
}

@Suite struct GradientTests {
  @Test(arguments: Table.differentiable) func firstOrder(_ row: Row) throws { try check(row, order: 1) }

  /// Operations that are differentiable at all claim every order, directly or through their decomposition.
  @Test(arguments: Table.differentiable) func secondOrder(_ row: Row) throws { try check(row, order: 2) }

  private func check(_ row: Row, order: Int) throws {
    for seed in 1...2 {
      var draw = Draw(seed: UInt64(seed), sizes: 2...3)
      draw.dtype = row.dtypes.contains(.float32) ? .float32 : row.dtypes[0]
      let sample = row.sample(&draw)
      guard sample.isPossible, !sample.differentiable.isEmpty else { continue }
      let differentiated = Differentiated(sample, draw: &draw)
      let (problem, _) = differentiated.problem(order: order)
      let formula = try problem.interpreted()
      let (analytic, size) = differentiated.along(formula)
      let numeric = try differentiated.centralDifference(order: order)
      #expect(
        abs(analytic - numeric) <= 1e-6 * (1 + size),
        "\(row.name), seed \(seed), order \(order): the formula gives \(analytic), central differences \(numeric)")
      expectClose(
        try problem.compiled(), formula, tolerance: row.gradientTolerance * (order == 1 ? 1 : 5),
        "\(row.name), seed \(seed), order \(order), compiled")
    }
  }

  @Test(arguments: Table.rows) func statesWhatItDoes(_ row: Row) {
    if case .none = row.operation.differentiability {
      if case .checked = row.gradient {
        Issue.record("\(row.name): the operation claims no gradient, the row checks one")
      }
    }
  }

  /// Where no gradient flows, the gradient is zero and not an accident.
  @Test(arguments: Table.rows) func isZeroWhereNoneFlows(_ row: Row) throws {
    guard case .none = row.gradient, row.dtypes.contains(.float32), row.operation != Cast.self else { return }
    var draw = Draw(seed: 1)
    let sample = row.sample(&draw)
    guard !sample.differentiable.isEmpty, row.operation != Placeholder.self else { return }
    let (problem, _) = Differentiated(sample, draw: &draw).problem(order: 1)
    for gradient in try problem.compiled() { #expect(gradient.data.allSatisfy { $0 == 0 }, "\(row.name)") }
  }
}
