// Training of a deep Boltzmann machine as a whole.
import CajalGraph

extension DeepBoltzmannMachine {
  /// Trains all layers at once, after ``pretrain(_:epochs:batchSize:by:seed:onEpoch:)``.
  ///
  /// - Parameter onEpoch: Told the epoch, counted from 1, and the mean bound on log p(v) + log Z of its batches, which rises
  ///   with Z too; false ends the training.
  /// Errors: `.shape` and `.value` for data that does not fit the visible units; `.argument` for settings outside their ranges.
  public func fit(
    _ data: Tensor, epochs: Int, batchSize: Int = 100, by settings: Learning = Learning(), seed: Int = 0,
    onEpoch: (_ epoch: Int, _ score: Double) throws -> Bool = { _, _ in true }
  ) throws {
    try settings.validate()
    try demandData(data, in: "fit")
    try demandEpochs("DeepBoltzmannMachine.fit", epochs)
    let batches = try RowBatches(data, batchSize: batchSize, subject: "DeepBoltzmannMachine.fit")
    let rate = Variable("learning_rate", Tensor(Float(settings.learningRate)), role: .counter)
    var random = RandomSource(seed: seed)
    let chains = sizes.map { size in
      Variable("chains", random.bernoulli([settings.chains, size], probability: 0.5), role: .chain)
    }
    let update = CompiledStep(seed: seed) { [self] step in
      let graph = DeepGraph(self, step)
      let seen = graph.meanField(step.inputs[0], rounds: settings.meanFieldRounds)
      let score = graph.bound(seen).mean()
      let dreamt = graph.swept(chains.map { step[$0] }, sweeps: settings.steps)
      for (chain, state) in zip(chains, dreamt) { step[chain] = state }
      let (rows, dreams) = (Double(step.inputs[0].shape[0]), Double(settings.chains))
      for (index, variable) in weights.enumerated() {
        let left = Tensor.concatenate([seen[index], dreamt[index]])
        let right = Tensor.concatenate([seen[index + 1] / rows, -dreamt[index + 1] / dreams])
        var change = left.matmul(right, transposeSelf: true)
        if settings.weightDecay > 0 { change = change - settings.weightDecay * step[variable] }
        step[variable] = step[variable] + step[rate] * change
      }
      for (index, bias) in biases.enumerated() {
        step[bias] = step[bias] + step[rate] * (seen[index].mean(axes: [0]) - dreamt[index].mean(axes: [0]))
      }
      return [score]
    }
    let updates = Double(max(1, epochs * batches.count))
    for epoch in 0..<epochs {
      var score = 0.0
      try batches.forEach(batches.order(seed: seed &+ epoch)) { number, batch in
        if Interruption.isRequested { return }
        if let end = settings.finalRate {
          let done = Double(epoch * batches.count + number) / updates
          rate.tensor = Tensor(Float(settings.learningRate + (end - settings.learningRate) * done))
        }
        score += try update.run([batch])[0].item
      }
      if Interruption.isRequested { return }
      guard score.isFinite else {
        throw CajalError(
          .value, "DeepBoltzmannMachine.fit", expected: "a finite bound", given: "it is \(score)",
          advice: "Lower the learning rate.")
      }
      guard try onEpoch(epoch + 1, score / Double(batches.count)) else { return }
    }
  }
}

/// The arithmetic of a deep machine inside a step.
struct DeepGraph {
  let weights: [Tensor]
  let biases: [Tensor]
  let step: Step

  init(_ machine: DeepBoltzmannMachine, _ step: Step) {
    weights = machine.weights.map { step[$0] }
    biases = machine.biases.map { step[$0] }
    self.step = step
  }

  /// The log odds of a layer given its neighbours.
  private func inputs(_ layer: Int, _ states: [Tensor]) -> Tensor {
    var sum = biases[layer]
    if layer > 0 { sum = states[layer - 1].matmul(weights[layer - 1]) + sum }
    if layer < weights.count { sum = states[layer + 1].matmul(weights[layer], transposeOther: true) + sum }
    return sum
  }

  /// Means of all layers, the data first.
  func meanField(_ data: Tensor, rounds: Int) -> [Tensor] {
    var means = [data]
    // A first guess from below, with the input that a neighbour above would give as well.
    for (index, weight) in weights.enumerated() {
      let copies = index + 1 < weights.count ? 2.0 : 1.0
      means.append((means[index].matmul(weight) * copies + biases[index + 1]).sigmoid())
    }
    let hidden = Tensor.scan(Array(means.dropFirst()), over: [], length: rounds) { carry, _, _ in
      var states = [data] + carry
      for parity in [1, 0] {
        for layer in 1..<states.count where layer % 2 == parity { states[layer] = inputs(layer, states).sigmoid() }
      }
      return (Array(states.dropFirst()), [])
    }
    return [data] + hidden.carry
  }

  /// ⟨−E⟩ + entropy of each row.
  func bound(_ means: [Tensor]) -> Tensor {
    var sum = (means[0] * biases[0]).sum(axes: [1])
    for layer in 1..<means.count {
      let mean = means[layer]
      sum = sum + (means[layer - 1].matmul(weights[layer - 1]) * mean).sum(axes: [1])
      // m log m + (1 − m) log(1 − m), with 0 log 0 = 0.
      let (on, off) = (mean.maximum(1e-12), (1 - mean).maximum(1e-12))
      sum = sum + (mean * (biases[layer] - on.log()) - (1 - mean) * off.log()).sum(axes: [1])
    }
    return sum
  }

  /// Gibbs sweeps: odd layers given the even ones, then even layers given the odd ones.
  func swept(_ states: [Tensor], sweeps: Int) -> [Tensor] {
    Tensor.scan(states, over: [], length: sweeps) { carry, _, t in
      var states = carry
      for parity in [1, 0] {
        for layer in states.indices where layer % 2 == parity {
          states[layer] = step.sampled(inputs(layer, states).sigmoid(), iteration: t)
        }
      }
      return (states, [])
    }.carry
  }
}
