// An operation and its decomposition give the same.
import CajalGraph
import Testing

@Suite struct DecompositionTests {
  @Test(arguments: Table.rows) func wholeIsItsParts(_ row: Row) throws {
    for seed in 1...3 {
      var draw = Draw(seed: UInt64(seed))
      draw.dtype = row.dtypes[0]
      let sample = row.sample(&draw)
      guard sample.isPossible else { continue }
      var problem = Problem()
      let inputs = sample.inputs.map { problem.input($0) }
      guard let parts = sample.operation.decomposition(inputs) else {
        #expect(row.operation.differentiability != .throughDecomposition, "\(row.name) claims a decomposition")
        return
      }
      let types = try sample.operation.result(sample.inputs.map(\.type))
      #expect(parts.map(\.type) == types)
      let whole = try Interpreter.evaluate(sample.operation, sample.inputs)
      problem.outputs = parts
      expectClose(try problem.interpreted(), whole, tolerance: 1e-10, "\(row.name), seed \(seed), in Double")
      expectClose(
        try problem.compiled(), whole, tolerance: row.tolerance * 4, "\(row.name), seed \(seed), compiled parts")
    }
  }
}
