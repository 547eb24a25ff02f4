import CajalCPU
import Foundation

extension Model {
  /// The outputs for samples along the first axis; with a softmax at the end, probabilities that sum to 1.
  ///
  /// Shapes: x [samples, …] → [samples, …]. A last batch of other size than `batchSize` has a program of its own.
  public func predict(_ x: Tensor, batchSize: Int = 32) throws -> Tensor {
    let outputs = try predict([x], batchSize: batchSize)
    guard outputs.count == 1 else {
      throw CajalError(
        .argument, "predict", expected: "a model with one output", given: "there are \(outputs.count)",
        advice: "Use predict([x]), which returns all of them.")
    }
    return outputs[0]
  }

  /// All outputs for samples of all inputs.
  public func predict(_ inputs: [Tensor], batchSize: Int = 32) throws -> [Tensor] {
    guard batchSize > 0 else {
      throw CajalError(.argument, "predict", expected: "a positive batch size", given: "it is \(batchSize)")
    }
    return try lock.withLock {
      let source = try ArraySource(inputs: inputs, targets: [], shuffles: false)
      try demandFit(source)
      let count = inputs[0].shape[0]
      let results = outputTypes.map { Storage($0.dtype, count: count * $0.shape.count) }
      let storages = inputs.map(\.storage)
      try withExtendedLifetime(storages) {
        var start = 0
        while start < count {
          let rows = min(batchSize, count - start)
          let program = try program(ProgramCache.Signature(task: .predict, batch: rows))
          let given = zip(storages, inputTypes).map { $0.pointer + start * $1.byteCount }
          do {
            try program.run(
              inputs: given, outputs: zip(results, outputTypes).map { $0.pointer + start * $1.byteCount })
          } catch {
            guard let error = error as? CajalError else { throw error }
            let first = start
            throw BatchInMemory(
              types: inputTypes, pointers: given, inputs: given.count, targets: 0, count: rows,
              sample: { first + $0 }
            ).located(error)
          }
          start += rows
        }
      }
      return try zip(results, outputTypes).map { try Tensor($0, shape: Shape([count] + $1.shape.dimensions)) }
    }
  }
}
