import CajalGraph

/// Units of a general Boltzmann machine, one after the other, inside a step.
struct UnitSweep {
  let weights: Tensor
  let bias: Tensor
  let step: Step

  init(_ machine: BoltzmannMachine, _ step: Step) {
    weights = step[machine.weights]
    bias = step[machine.bias]
    self.step = step
  }

  private var count: Int { bias.shape[0] }

  /// A round over all units; `next` gives a unit's new values, `[rows, 1]`, from its log odds.
  private func round(_ states: Tensor, known: Tensor?, _ next: (_ inputs: Tensor, _ unit: Tensor) -> Tensor) -> Tensor {
    let places = Tensor.identity(count)
    var sequences = [weights, bias, places]
    if let known { sequences.append(known.transposed()) }
    return Tensor.scan([states], over: sequences) { carry, entries, unit in
      let inputs = carry[0].matmul(entries[0].reshaped([count, 1])) + entries[1]
      var place = entries[2].reshaped([1, count]).broadcast(to: carry[0].shape)
      if known != nil { place = place * (1 - entries[3].reshaped([carry[0].shape[0], 1])) }
      return ([carry[0] + place * (next(inputs, unit) - carry[0])], [])
    }.carry[0]
  }

  /// Gibbs sweeps, one for each inverse temperature.
  func drawn(_ states: Tensor, known: Tensor?, inverseTemperatures: Tensor) -> Tensor {
    let units = Tensor([Int64(count)], shape: [])
    return Tensor.scan([states], over: [inverseTemperatures]) { carry, entries, sweep in
      let next = round(carry[0], known: known) { inputs, unit in
        step.sampled((inputs * entries[0]).sigmoid(), iteration: sweep * units + unit)
      }
      return ([next], [])
    }.carry[0]
  }

  /// Rounds of mean field, each of which raises the bound on the log probability of what is known.
  func means(_ values: Tensor, known: Tensor?, rounds: Int) -> Tensor {
    Tensor.scan([values], over: [], length: rounds) { carry, _, _ in
      ([round(carry[0], known: known) { inputs, _ in inputs.sigmoid() }], [])
    }.carry[0]
  }
}

extension BoltzmannMachine {
  /// Trains the machine on rows of its visible units: hidden ones by mean field where data is seen, all by persistent chains
  /// where the machine dreams.
  ///
  /// - Parameters:
  ///   - chains: Chains that go on from update to update, `steps` sweeps each time.
  ///   - finalRate: Where the step size ends, along a straight line; nil: it stays.
  /// Errors: `.shape` and `.value` for data that does not fit; `.argument` for settings outside their ranges.
  public func fit(
    _ data: Tensor, epochs: Int, batchSize: Int = 100, chains: Int = 100, steps: Int = 1, meanFieldRounds: Int = 10,
    learningRate: Double = 0.05, finalRate: Double? = nil, seed: Int = 0
  ) throws {
    let subject = "BoltzmannMachine.fit"
    try demandRows(subject, data, width: visibleCount)
    try demandBinary(subject, data)
    try demandSizes(subject, [("chains", chains), ("steps", steps), ("rounds", meanFieldRounds)])
    for value in [learningRate, finalRate ?? 0] where !(value >= 0 && value.isFinite) {
      throw CajalError(.argument, subject, expected: "a step size of 0 or more", given: "it is \(value)")
    }
    try demandEpochs(subject, epochs)
    let batches = try RowBatches(data, batchSize: batchSize, subject: subject)
    let (units, visible) = (unitCount, visibleCount)
    var random = RandomSource(seed: seed)
    let chain = Variable("chains", random.bernoulli([chains, units], probability: 0.5), role: .chain)
    let rate = Variable("learning_rate", Tensor(Float(learningRate)), role: .counter)
    let update = CompiledStep(seed: seed) { [self] step in
      let sweep = UnitSweep(self, step)
      let v = step.inputs[0]
      let rows = v.shape[0]
      var seen = v
      if units > visible {
        let guess = Tensor.full([rows, units - visible], 0.5)
        let known = Tensor.concatenate(
          [Tensor.ones([rows, visible]), Tensor.zeros([rows, units - visible])], axis: 1)
        seen = sweep.means(Tensor.concatenate([v, guess], axis: 1), known: known, rounds: meanFieldRounds)
      }
      let dreamt = sweep.drawn(step[chain], known: nil, inverseTemperatures: Tensor.ones([steps]))
      step[chain] = dreamt
      let both = seen.matmul(seen, transposeSelf: true) / Double(rows)
      let change = both - dreamt.matmul(dreamt, transposeSelf: true) / Double(chains)
      step[weights] = step[weights] + step[rate] * change * (1 - Tensor.identity(units))
      step[bias] = step[bias] + step[rate] * (seen.mean(axes: [0]) - dreamt.mean(axes: [0]))
      return []
    }
    for epoch in 0..<epochs {
      if let finalRate {
        rate.tensor = Tensor(Float(learningRate + (finalRate - learningRate) * Double(epoch) / Double(epochs)))
      }
      try batches.forEach(batches.order(seed: seed &+ epoch)) { _, batch in
        if !Interruption.isRequested { try update.run([batch]) }
      }
      if Interruption.isRequested { return }
    }
  }
}
