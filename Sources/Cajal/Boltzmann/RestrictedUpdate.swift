import CajalGraph

/// The graph of one update of a restricted Boltzmann machine.
///
/// Both halves of the weights' gradient are one product: Vᵀ·G of the rows v of data and machine above each other, and of
/// their hidden probabilities, those of the machine with the sign turned. A large matrix is then updated as it is made.
struct RestrictedUpdate: Sendable {
  let machine: RestrictedBoltzmannMachine
  let settings: ContrastiveDivergence
  let chains: Variable?
  let rate: Variable
  /// Changes of the last update, where there is momentum.
  private let velocities: [Variable]
  private let fast: [Variable]
  /// Running mean of the hidden probabilities: for sparsity and for centres.
  private let hiddenMean: Variable
  private let visibleMean: Variable

  init(machine: RestrictedBoltzmannMachine, settings: ContrastiveDivergence, chains: Variable?, rate: Variable) {
    self.machine = machine
    self.settings = settings
    self.chains = chains
    self.rate = rate
    func zeros(_ prefix: String) -> [Variable] {
      machine.parameters.map { Variable(prefix + $0.name, Tensor.zeros($0.type.shape), role: .slot) }
    }
    velocities = settings.momentum > 0 ? zeros("velocity_") : []
    fast = settings.fastWeights != nil ? zeros("fast_") : []
    let start = settings.sparsity?.target ?? 0.5
    hiddenMean = Variable("hidden_mean", Tensor.full([machine.hiddenCount], start), role: .state)
    visibleMean = Variable(
      "visible_mean", Tensor.full([machine.visibleCount], machine.units == .bernoulli ? 0.5 : 0), role: .state)
  }

  func body(_ step: Step) -> [Tensor] {
    let energy = machine.energy(in: step)
    // What is not known is 0 in every row, so that it moves no hidden unit and no weight.
    let known = step.inputs.count > 1 ? step.inputs[1] : nil
    let v0 = known.map { step.inputs[0] * $0 } ?? data(step)
    let h0 = energy.hiddenProbabilities(v0)
    var first: Tensor?
    let (v, h) = negative(step, energy, h0, known, &first)

    var positive = h0
    if let sparsity = settings.sparsity {
      let mean = sparsity.decay * step[hiddenMean] + (1 - sparsity.decay) * h0.mean(axes: [0])
      step[hiddenMean] = mean
      positive = h0 + sparsity.cost * (sparsity.target - mean)
    }
    update(step, gradients(step, v0, h0, positive, v, h))
    guard settings.isMonitored else { return [] }
    let difference = (v0 - (first ?? energy.visibleMeans(h0))).squared()
    guard let known else { return [difference.mean()] }
    return [(difference * known).sum() / known.sum().maximum(1)]
  }

  /// The rows of data, compared where they are 0 and 1 anyway: products with them then choose rows.
  private func data(_ step: Step) -> Tensor {
    let isBinary = machine.units == .bernoulli && !settings.takesProbabilities
    return isBinary ? (step.inputs[0] .> 0.5).cast(to: .float32) : step.inputs[0]
  }

  /// What the machine dreams: states of the visible units and probabilities of the hidden ones.
  private func negative(
    _ step: Step, _ energy: RestrictedEnergy, _ h0: Tensor, _ known: Tensor?, _ first: inout Tensor?
  ) -> (v: Tensor, h: Tensor) {
    var energy = energy
    if !fast.isEmpty {
      energy.weights = energy.weights + step[fast[0]]
      energy.visibleBias = energy.visibleBias + step[fast[1]]
      energy.hiddenBias = energy.hiddenBias + step[fast[2]]
    }
    func masked(_ v: Tensor) -> Tensor { known.map { v * $0 } ?? v }
    var hidden = chains.map { step[$0] } ?? step.sampled(h0)
    var sweeps = settings.steps - 1
    if sweeps > 2 {
      hidden =
        Tensor.scan([hidden], over: [], length: sweeps) { carry, _, t in
          let v = masked(energy.sampledVisible(carry[0], step, iteration: t))
          return ([step.sampled(energy.hiddenProbabilities(v), iteration: t)], [])
        }.carry[0]
      sweeps = 0
    }
    for _ in 0..<sweeps {
      let v = masked(energy.sampledVisible(hidden, step))
      hidden = step.sampled(energy.hiddenProbabilities(v))
    }
    let means = energy.visibleMeans(hidden)
    if chains == nil, settings.steps == 1 { first = means }
    let v = masked(energy.drawn(around: means, step))
    let h = energy.hiddenProbabilities(v)
    if let chains { step[chains] = step.sampled(h) }
    return (v, h)
  }

  /// Of weights, visible and hidden biases, in the order of the machine's parameters; uphill.
  private func gradients(
    _ step: Step, _ v0: Tensor, _ h0: Tensor, _ positive: Tensor, _ v: Tensor, _ h: Tensor
  ) -> [Tensor] {
    let (rows, dreams) = (Double(v0.shape[0]), Double(v.shape[0]))
    let forVisible = v0.mean(axes: [0]) - v.mean(axes: [0])
    guard settings.isCentred else {
      // With as many rows as dreams the division goes into the update.
      let isEven = v0.shape[0] == v.shape[0]
      let g = Tensor.concatenate(isEven ? [positive, -h] : [positive / rows, -h / dreams])
      let change = Tensor.concatenate([v0, v]).matmul(g, transposeSelf: true)
      let sum = g.sum(axes: [0])
      return isEven ? [change * (1 / rows), forVisible, sum * (1 / rows)] : [change, forVisible, sum]
    }
    let forHidden = positive.mean(axes: [0]) - h.mean(axes: [0])
    let (centre, hiddenCentre) = (step[visibleMean], step[hiddenMean])
    let share = 0.01
    step[visibleMean] = (1 - share) * centre + share * v0.mean(axes: [0])
    if settings.sparsity == nil { step[hiddenMean] = (1 - share) * hiddenCentre + share * h0.mean(axes: [0]) }
    let visible = Tensor.concatenate([v0 - centre, v - centre])
    let g = Tensor.concatenate([(positive - hiddenCentre) / rows, (hiddenCentre - h) / dreams])
    // Biases of centred units are a + W·λ and b + Wᵀ·μ; the machine keeps a and b.
    let weighed = g.matmul(hiddenCentre.reshaped([machine.hiddenCount, 1]))
    let back = visible.matmul(weighed, transposeSelf: true).reshaped([machine.visibleCount])
    let along = visible.matmul(centre.reshaped([machine.visibleCount, 1]))
    let forth = g.matmul(along, transposeSelf: true).reshaped([machine.hiddenCount])
    return [visible.matmul(g, transposeSelf: true), forVisible - back, forHidden - forth]
  }

  private func update(_ step: Step, _ gradients: [Tensor]) {
    for (index, parameter) in machine.parameters.enumerated() {
      var change = gradients[index]
      if index == 0, settings.weightDecay > 0 { change = change - settings.weightDecay * step[parameter] }
      if let settings = settings.fastWeights {
        step[fast[index]] = settings.decay * step[fast[index]] + settings.learningRate * gradients[index]
      }
      if !velocities.isEmpty {
        change = settings.momentum * step[velocities[index]] + change
        step[velocities[index]] = change
      }
      step[parameter] = step[parameter] + step[rate] * change
    }
  }
}
