import Cajal
import Testing

@Suite struct ParallelTests {
  /// One rank of data-parallel training: gradients are added up, exchanged by the host, and then used.
  struct Rank {
    let model: Model
    let sums: [Variable]
    let accumulate: CompiledStep
    let update: CompiledStep

    init() throws {
      let model = try Model(
        Sequential {
          Conv2D(4, kernelSize: 3, activation: .relu)
          Flatten()
          Dense(2, activation: .softmax)
        }, inputShape: [8, 8, 1], seed: 1)
      let trainer = Trainer(.adam(learningRate: 0.01), for: model)
      let sums = trainer.parameters.map {
        Variable("sum of " + $0.name, Tensor.zeros($0.type.shape), role: .accumulator)
      }
      (self.model, self.sums) = (model, sums)
      accumulate = CompiledStep { step in
        let loss = try SparseCategoricalCrossentropy()(target: step.inputs[1], prediction: model(step.inputs[0])).mean()
        for (sum, gradient) in zip(sums, step.gradients(of: loss, for: trainer)) { step[sum] = step[sum] + gradient }
        return [loss]
      }
      update = CompiledStep { step in
        step.update(by: trainer, gradients: sums.map { step[$0] })
        for sum in sums { step[sum] = step[sum].filled(0) }
        return []
      }
    }
  }

  @Test func dataParallel() throws {
    let (x, y) = Samples.stripes(16, size: 8)
    let ranks = [try Rank(), try Rank()]
    let whole = try Model(
      Sequential {
        Conv2D(4, kernelSize: 3, activation: .relu)
        Flatten()
        Dense(2, activation: .softmax)
      }, inputShape: [8, 8, 1], seed: 1)
    whole.compile(optimizer: .adam(learningRate: 0.01), loss: .sparseCategoricalCrossentropy)
    for _ in 0..<5 {
      for (rank, part) in zip(ranks, [0..<8, 8..<16]) { try rank.accumulate.run([x[part], y[part]]) }
      // The exchange between backward and update: the mean over all ranks.
      for number in ranks[0].sums.indices {
        let mean = ranks.map { $0.sums[number].tensor }.reduce(Tensor(0)) { $0 + $1 } / Double(ranks.count)
        for rank in ranks { rank.sums[number].tensor = mean }
      }
      for rank in ranks { try rank.update.run() }
      try whole.trainOnBatch(x, y)
    }
    for variable in whole.variables {
      let values = variable.tensor
      for rank in ranks {
        #expect((try rank.model.weight(variable.name) - values).absolute().max().item < 1e-5, "\(variable.name)")
      }
      #expect(try ranks[0].model.weight(variable.name).floats == ranks[1].model.weight(variable.name).floats)
    }
  }
}
