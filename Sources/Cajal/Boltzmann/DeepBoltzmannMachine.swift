import CajalGraph
import Foundation

/// A deep Boltzmann machine: layers of units that are 0 or 1, each joined to its neighbours, with no direction.
///
/// E = −Σₗ sₗ·Wₗ·sₗ₊₁ − Σₗ bₗ·sₗ, where s₀ is what is seen. Layers of even and of odd number are independent given the others, so
/// that the machine is a restricted one in disguise: that is how it is sampled and how its Z is estimated.
///
/// Example:
/// ```swift
/// let machine = try DeepBoltzmannMachine(visible: 784, hidden: [500, 1000], seed: 1)
/// try machine.pretrain(images, epochs: 10)
/// try machine.fit(images, epochs: 20, by: DeepBoltzmannMachine.Learning(chains: 100))
/// let partition = try machine.bipartite().annealedLogPartition()
/// print(try machine.lowerBound(test, logPartition: partition.logPartition))
/// ```
/// Source: Salakhutdinov and Hinton, "Deep Boltzmann Machines", AISTATS 2009.
public final class DeepBoltzmannMachine: Sendable {
  /// How the whole machine learns: mean field for what the data causes, persistent chains for what the machine dreams.
  public struct Learning: Sendable {
    /// Persistent chains of all layers.
    public var chains = 100
    /// Gibbs sweeps of the chains for each update.
    public var steps = 5
    /// Rounds of mean field for each batch.
    public var meanFieldRounds = 10
    /// The step size, for the mean over a batch.
    public var learningRate = 0.005
    /// Where the step size ends, along a straight line; nil: it stays.
    public var finalRate: Double?
    /// A share of the weights that each update takes away, times the step size.
    public var weightDecay = 0.0

    /// Settings whose ranges are checked where they are used.
    public init(
      chains: Int = 100, steps: Int = 5, meanFieldRounds: Int = 10, learningRate: Double = 0.005,
      finalRate: Double? = nil, weightDecay: Double = 0
    ) {
      self.chains = chains
      self.steps = steps
      self.meanFieldRounds = meanFieldRounds
      self.learningRate = learningRate
      self.finalRate = finalRate
      self.weightDecay = weightDecay
    }

    func validate() throws {
      guard chains >= 1, steps >= 1, meanFieldRounds >= 1, learningRate >= 0, learningRate.isFinite,
        (finalRate ?? 0) >= 0, (finalRate ?? 0).isFinite, weightDecay >= 0, weightDecay.isFinite
      else {
        throw CajalError(
          .argument, "DeepBoltzmannMachine.Learning",
          expected: "1 chain, step and round at least, and finite rates and decays of 0 or more",
          given:
            "they are \(chains), \(steps), \(meanFieldRounds), \(learningRate), \(finalRate ?? 0), \(weightDecay)")
      }
    }
  }

  /// Wₗ between layers l and l + 1, `[units of l, units of l + 1]`.
  public let weights: [Variable]
  /// bₗ of each layer, the visible one first.
  public let biases: [Variable]

  /// A machine with small normal weights and biases of 0.
  ///
  /// Errors: `.argument` for fewer than two hidden layers, which make it deep, or a layer without units.
  public init(visible: Int, hidden: [Int], deviation: Double = 0.01, seed: Int = 0) throws {
    try demandLayers("DeepBoltzmannMachine", [visible] + hidden)
    guard hidden.count >= 2 else {
      throw CajalError(
        .argument, "DeepBoltzmannMachine", expected: "two hidden layers at least",
        given: "there is \(hidden.count)", advice: "With one it is a RestrictedBoltzmannMachine.")
    }
    var random = RandomSource(seed: seed)
    let sizes = [visible] + hidden
    weights = hidden.indices.map {
      Variable("weights\($0)", random.normal([sizes[$0], sizes[$0 + 1]], deviation: deviation), role: .parameter)
    }
    biases = sizes.indices.map { Variable("bias\($0)", Tensor.zeros([sizes[$0]]), role: .parameter) }
  }

  /// Units of each layer, the visible one first.
  public var sizes: [Int] { biases.map { $0.type.shape[0] } }

  /// Trains the layers one after the other as restricted machines whose inputs from the side that will have a neighbour
  /// are doubled, and puts their weights together.
  public func pretrain(
    _ data: Tensor, epochs: Int, batchSize: Int = 100, by settings: ContrastiveDivergence = ContrastiveDivergence(),
    seed: Int = 0, onEpoch: (_ layer: Int, RestrictedTrainer.Epoch) throws -> Bool = { _, _ in true }
  ) throws {
    var rows = data
    let last = weights.count - 1
    for (index, variable) in weights.enumerated() {
      let machine = try RestrictedBoltzmannMachine(
        visible: sizes[index], hidden: sizes[index + 1], units: .bernoulli, deviation: 0.01, seed: seed &+ index,
        copies: (below: index < last ? 2 : 1, above: index > 0 ? 2 : 1))
      var settings = settings
      if index > 0 { settings.takesProbabilities = true }
      if index == 0 { try machine.setVisibleBias(from: rows) }
      try machine.fit(rows, epochs: epochs, batchSize: batchSize, by: settings, seed: seed &+ index) {
        try onEpoch(index, $0)
      }
      if Interruption.isRequested { return }
      variable.tensor = machine.weights.tensor
      // A layer between two machines has a bias from each.
      let own = machine.visibleBias.tensor
      biases[index].tensor = index == 0 ? own : 0.5 * (biases[index].tensor + own)
      biases[index + 1].tensor = machine.hiddenBias.tensor
      if index < last { rows = try machine.features(rows) }
    }
  }

  /// The machine as a restricted one between its odd layers (as visible units) and its even ones (as hidden units), in
  /// order: for sampling, and for Z, which is the same.
  public func bipartite() throws -> RestrictedBoltzmannMachine {
    let odd = sizes.indices.filter { $0 % 2 == 1 }
    let even = sizes.indices.filter { $0 % 2 == 0 }
    let rows = odd.map { row in
      Tensor.concatenate(
        even.map { column -> Tensor in
          if column == row - 1 { return weights[column].tensor.transposed() }
          if column == row + 1 { return weights[row].tensor }
          return Tensor.zeros([sizes[row], sizes[column]])
        }, axis: 1)
    }
    return try RestrictedBoltzmannMachine(
      weights: Tensor.concatenate(rows), visibleBias: Tensor.concatenate(odd.map { biases[$0].tensor }),
      hiddenBias: Tensor.concatenate(even.map { biases[$0].tensor }))
  }

  /// Means of the hidden layers given the data, each given its neighbours' means, `[rows, units]`, the lowest first.
  ///
  /// Errors: `.shape` and `.value` for data that does not fit the visible units.
  public func meanField(_ data: Tensor, rounds: Int = 25) throws -> [Tensor] {
    try demandData(data, in: "meanField", rounds: rounds)
    let step = CompiledStep { [self] step in
      Array(DeepGraph(self, step).meanField(step.inputs[0], rounds: rounds).dropFirst())
    }
    return try step.run([data])
  }

  /// A bound that log p(v) reaches or exceeds, averaged over rows: ⟨−E⟩ + entropy − log Z under the mean field.
  ///
  /// Errors: those of ``meanField(_:rounds:)``; `.value` for a log Z that is no number.
  public func lowerBound(_ data: Tensor, logPartition: Double, rounds: Int = 25) throws -> Double {
    try demandData(data, in: "lowerBound", rounds: rounds)
    guard logPartition.isFinite else {
      throw CajalError(
        .value, "DeepBoltzmannMachine.lowerBound", expected: "a finite log Z", given: "it is \(logPartition)")
    }
    let step = CompiledStep { [self] step in
      let graph = DeepGraph(self, step)
      return [graph.bound(graph.meanField(step.inputs[0], rounds: rounds)).sum()]
    }
    var sum = 0.0
    let rows = try RowBatches(data, batchSize: 500, subject: "DeepBoltzmannMachine.lowerBound")
    try rows.forEach { _, batch in sum += try step.run([batch])[0].item }
    return sum / Double(data.shape[0]) - logPartition
  }

  /// Draws visible states: Gibbs sweeps over all layers from random states; means at the end, `[count, visible]`.
  ///
  /// Errors: `.argument` for fewer than 1 sample or sweep.
  public func samples(_ count: Int, sweeps: Int = 1000, seed: Int = 0) throws -> Tensor {
    let machine = try bipartite()
    let odd = try GibbsSampler(machine, chains: count, seed: seed).run(sweeps: sweeps)
    return machine.energy.hiddenProbabilities(odd).slice(axis: 1, 0..<sizes[0]).evaluatedCopy()
  }

  func demandData(_ data: Tensor, in subject: String, rounds: Int = 1) throws {
    try demandRows("DeepBoltzmannMachine.\(subject)", data, width: sizes[0])
    try demandBinary("DeepBoltzmannMachine.\(subject)", data)
    guard rounds >= 1 else {
      throw CajalError(
        .argument, "DeepBoltzmannMachine.\(subject)", expected: "1 round at least", given: "there are \(rounds)")
    }
  }
}
