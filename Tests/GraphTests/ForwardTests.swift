// Every operation as a compiled program against the reference.
import CajalCPU
import CajalCompiler
import CajalGraph
import Testing

/// The relative rounding of a dtype, as a multiple of float32's.
private func precision(_ dtype: DType) -> Double {
  switch dtype {
  case .float64: return 1e-6
  case .float16: return 400
  case .bfloat16: return 2500
  default: return 1
  }
}

private func check(_ sample: Sample, tolerance: Double, _ what: String) throws {
  let types = try sample.operation.result(sample.inputs.map(\.type))
  var problem = Problem()
  let inputs = sample.inputs.map { problem.input($0) }
  problem.outputs = sample.graph(inputs)
  let expected = try problem.interpreted().map { value in
    // Infinite in the result's own type.
    value.dtype == .float64 ? value : Values(value.shape, value.dtype, value.data.map { overflowed($0, value.dtype) })
  }
  #expect(expected.map(\.type) == types, "\(what): the inferred types")
  let scale = expected.map { precision($0.dtype) }.max() ?? 1
  expectClose(try problem.compiled(), expected, tolerance: tolerance * scale, what)
}

private func overflowed(_ x: Double, _ dtype: DType) -> Double {
  dtype.isFloating && !store(x, as: dtype).isFinite ? store(x, as: dtype) : x
}

@Suite struct ForwardTests {
  @Test(arguments: Table.rows) func agreesWithTheReference(_ row: Row) throws {
    for dtype in row.dtypes {
      for (seed, sizes) in [(1, 2...4), (2, 3...6), (3, 2...4)] {
        var draw = Draw(seed: UInt64(seed), dtype: dtype, sizes: sizes)
        let sample = row.sample(&draw)
        guard sample.isPossible else { continue }
        try check(sample, tolerance: row.tolerance, "\(row.name) \(dtype.rawValue) seed \(seed)")
      }
    }
  }

  @Test(arguments: Table.rows.filter { !$0.special.isEmpty }) func agreesAtTheEdges(_ row: Row) throws {
    for (index, sample) in row.special.enumerated() {
      try check(sample, tolerance: max(row.tolerance, 1e-5), "\(row.name) special \(index)")
    }
  }

  /// Axes of size 0 and 1, forward and backward: types agree and nothing crashes.
  @Test(arguments: Table.rows) func takesEmptyAxes(_ row: Row) throws {
    for seed in 10..<26 {
      var draw = Draw(seed: UInt64(seed), dtype: row.dtypes[0], sizes: 0...2)
      let sample = row.sample(&draw)
      guard sample.isPossible else { continue }
      try check(sample, tolerance: row.tolerance, "\(row.name) seed \(seed)")
      guard case .checked = row.gradient, row.dtypes[0] == .float32, !sample.differentiable.isEmpty else { continue }
      let (problem, _) = Differentiated(sample, draw: &draw).problem(order: 1)
      let compiled = try problem.compiled()
      #expect(
        compiled.map(\.type) == sample.differentiable.map { sample.inputs[$0].type },
        "\(row.name) gradient, seed \(seed)")
    }
  }

  /// Long rows: whole vectors and their remainders.
  @Test(arguments: Table.rows.filter { $0.operation == Elementwise.self || $0.operation == Reduce.self })
  func takesLongRows(_ row: Row) throws {
    for dtype in row.dtypes {
      var draw = Draw(seed: 5, dtype: dtype, sizes: 13...19)
      let sample = row.sample(&draw)
      // Products of thousands of integers leave every type's range.
      guard row.name != "reduce product" else { continue }
      try check(sample, tolerance: row.tolerance * 10, "\(row.name) \(dtype.rawValue)")
    }
  }
}
