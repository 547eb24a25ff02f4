import Cajal
import Foundation
import Testing

@Suite struct DeepTests {
  private static let bars = RestrictedTrainingTests.bars

  @Test func aBeliefNetworkPaintsWhatItHasSeen() throws {
    let network = try DeepBeliefNetwork(visible: 9, hidden: [14, 10], seed: 1)
    var layers: [Int] = []
    try network.pretrain(
      Self.bars, epochs: 1500, batchSize: 14,
      by: ContrastiveDivergence(chains: 50, learningRate: 0.2, finalRate: 0.01), seed: 1
    ) { layer, epoch in
      if epoch.number == 1 { layers.append(layer) }
      return true
    }
    #expect(layers == [0, 1])
    let known = Set(stateNumbers(Self.bars))
    let painted = stateNumbers(try network.samples(200, sweeps: 300, seed: 3))
    // 14 of 512 pictures are bars or stripes: chance would hit 5 of 200.
    let right = painted.count { known.contains($0) }
    #expect(right > 75, "\(right) of 200")
  }

  @Test func theClassifierBeginsAtTheMachines() throws {
    let network = try DeepBeliefNetwork(visible: 9, hidden: [7, 5], seed: 1)
    try network.pretrain(Self.bars, epochs: 20)
    let model = try network.classifier(classes: 2)
    let kernel = try model.weight("layer1/kernel")
    #expect(kernel.floats == network.layers[1].weights.tensor.floats)
    model.compile(optimizer: .adam(learningRate: 0.05), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    // Whether the pixel in the middle is on; the machine's weights are fine-tuned on the way.
    let labels = Self.bars.slice(axis: 1, 4..<5).reshaped([14]).cast(to: .int32)
    try model.fit(Self.bars, labels, epochs: 500, batchSize: 14, verbose: .silent)
    #expect(try model.evaluate(Self.bars, labels)["accuracy"] ?? 0 > 0.8)
    #expect(try model.weight("layer1/kernel").floats != kernel.floats)
  }

  /// log Σ over all hidden states of exp(−E), for every visible state.
  private func exactLogWeights(_ machine: DeepBoltzmannMachine) -> [Double] {
    let sizes = machine.sizes
    let total = sizes.reduce(0, +)
    let w = machine.weights.map { $0.tensor.floats.map(Double.init) }
    let b = machine.biases.map { $0.tensor.floats.map(Double.init) }
    var sums = [Double](repeating: 0, count: 1 << sizes[0])
    for state in 0..<(1 << total) {
      let bits = SmallMachine.bits(state, total)
      var layers: [[Double]] = []
      var first = 0
      for size in sizes {
        layers.append(Array(bits[first..<(first + size)]))
        first += size
      }
      var minus = 0.0
      for (layer, units) in layers.enumerated() {
        for (i, unit) in units.enumerated() where unit == 1 {
          minus += b[layer][i]
          if layer + 1 < layers.count {
            for (j, above) in layers[layer + 1].enumerated() { minus += w[layer][i * sizes[layer + 1] + j] * above }
          }
        }
      }
      sums[state & ((1 << sizes[0]) - 1)] += exp(minus)
    }
    return sums.map { log($0) }
  }

  @Test(arguments: [[4, 3, 3], [4, 3, 2, 3]]) func partitionAndBoundHold(_ sizes: [Int]) throws {
    let machine = try DeepBoltzmannMachine(visible: sizes[0], hidden: Array(sizes.dropFirst()), deviation: 0.8, seed: 4)
    var random = RandomSource(seed: 3)
    for bias in machine.biases { bias.tensor = random.normal(bias.type.shape, deviation: 0.5) }
    let weights = exactLogWeights(machine)
    let z = log(weights.reduce(0) { $0 + exp($1) })
    let bipartite = try machine.bipartite()
    #expect(abs(try bipartite.exactLogPartition() - z) < 1e-4)
    let annealed = try bipartite.annealedLogPartition(chains: 300, temperatures: 300, seed: 1)
    #expect(abs(annealed.logPartition - z) < 0.1, "\(annealed.logPartition) for \(z)")
    let states = SmallMachine.allStates(4)
    let exact = weights.reduce(0) { $0 + $1 - z } / 16
    let bound = try machine.lowerBound(states, logPartition: z, rounds: 50)
    #expect(bound <= exact + 1e-5 && bound > exact - 0.5, "\(bound) for \(exact)")
    // Samples have the machine's frequencies: means of the visible units.
    let means = try machine.samples(20_000, sweeps: 60, seed: 2).mean(axes: [0]).floats
    for unit in 0..<4 {
      let p = weights.enumerated().reduce(0.0) { $0 + ($1.offset >> unit & 1 == 1 ? exp($1.element - z) : 0) }
      #expect(abs(Double(means[unit]) - p) < 0.02)
    }
  }

  @Test func trainingRaisesTheLikelihood() throws {
    let machine = try DeepBoltzmannMachine(visible: 9, hidden: [14, 8], seed: 1)
    func likelihood() throws -> Double {
      let weights = try machine.lowerBound(Self.bars, logPartition: 0, rounds: 50)
      return weights - (try machine.bipartite().exactLogPartition())
    }
    try machine.pretrain(
      Self.bars, epochs: 600, batchSize: 14, by: ContrastiveDivergence(learningRate: 0.2), seed: 1)
    let before = try likelihood()
    var scores: [Double] = []
    try machine.fit(
      Self.bars, epochs: 1500, batchSize: 14,
      by: DeepBoltzmannMachine.Learning(chains: 50, learningRate: 0.2, finalRate: 0.01), seed: 2
    ) { _, score in
      scores.append(score)
      return true
    }
    let after = try likelihood()
    #expect(scores.count == 1500 && after > before + 0.3 && after > -4.8, "\(before) to \(after)")
  }

  @Test func badInputIsRefusedInWords() throws {
    func text(_ work: () throws -> Void) -> String {
      do {
        try work()
        return "nothing was refused"
      } catch {
        return "\(error)"
      }
    }
    #expect(text { _ = try DeepBeliefNetwork(visible: 4, hidden: []) }.contains("one hidden layer at least"))
    #expect(text { _ = try DeepBeliefNetwork(visible: 4, hidden: [3, 0]) }.contains("hidden layer 1 has 0"))
    #expect(text { _ = try DeepBoltzmannMachine(visible: 4, hidden: [3]) }.contains("RestrictedBoltzmannMachine"))
    let machine = try DeepBoltzmannMachine(visible: 2, hidden: [3, 2])
    #expect(text { try machine.fit(Tensor([[0, 0.5]]), epochs: 1) }.contains("row 0, column 1 is 0.5"))
    #expect(text { try machine.fit(Tensor([[0, 1]]), epochs: -1) }.contains("0 epochs or more"))
    #expect(text { _ = try machine.lowerBound(Tensor([[0, 1]]), logPartition: .nan) }.contains("finite log Z"))
    #expect(text { try machine.fit(Tensor([[0, 1]]), epochs: 1, by: .init(chains: 0)) }.contains("1 chain"))
    #expect(text { _ = try DeepBeliefNetwork(visible: 2, hidden: [2]).classifier(classes: 1) }.contains("2 classes"))
  }
}
