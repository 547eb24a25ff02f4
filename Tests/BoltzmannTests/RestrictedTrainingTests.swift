import Cajal
import Foundation
import Testing

@Suite struct RestrictedTrainingTests {
  /// Bars and stripes of 3 x 3: 14 patterns.
  static let bars: Tensor = {
    var rows: [Float] = []
    for pattern in 0..<8 {
      for isColumn in [false, true] where !(isColumn && (pattern == 0 || pattern == 7)) {
        for y in 0..<3 { for x in 0..<3 { rows.append(Float(pattern >> (isColumn ? x : y) & 1)) } }
      }
    }
    return Tensor(rows, shape: [14, 9])
  }()

  @Test(arguments: [
    ContrastiveDivergence(steps: 1, learningRate: 0.2, momentum: 0.5),
    ContrastiveDivergence(steps: 5, learningRate: 0.2),
    ContrastiveDivergence(chains: 50, learningRate: 0.2, finalRate: 0.01, weightDecay: 1e-4),
    ContrastiveDivergence(chains: 50, learningRate: 0.2, finalRate: 0.01, isCentred: true),
    ContrastiveDivergence(chains: 50, learningRate: 0.2, finalRate: 0.01, fastWeights: .init(learningRate: 0.03)),
  ])
  func learnsBarsAndStripes(_ settings: ContrastiveDivergence) throws {
    let machine = try RestrictedBoltzmannMachine(visible: 9, hidden: 12, deviation: 0.1, seed: 1)
    let before = try machine.logLikelihood(Self.bars)
    var last: Double?
    try machine.fit(Self.bars, epochs: 2000, batchSize: 14, by: settings, seed: 2) { epoch in
      last = epoch.reconstructionError
      return true
    }
    let after = try machine.logLikelihood(Self.bars)
    // −log 14 = −2.64 is the best; a machine of independent units has −6.2.
    #expect(before < -6 && after > -4.3, "\(before) to \(after) by \(settings)")
    #expect((last ?? 1) < 0.3)
  }

  @Test func theSameSeedGivesTheSameMachine() throws {
    func trained(_ seed: Int) throws -> [Float] {
      let machine = try RestrictedBoltzmannMachine(visible: 9, hidden: 8, seed: 1)
      try machine.fit(Self.bars, epochs: 5, batchSize: 4, by: ContrastiveDivergence(steps: 4, chains: 6), seed: seed)
      return machine.weights.tensor.floats
    }
    let (first, again, other) = (try trained(3), try trained(3), try trained(4))
    #expect(first == again && first != other)
  }

  @Test func sparsityPullsUnitsToTheirRate() throws {
    let machine = try RestrictedBoltzmannMachine(visible: 9, hidden: 12, seed: 1)
    let settings = ContrastiveDivergence(
      learningRate: 0.1, sparsity: ContrastiveDivergence.Sparsity(target: 0.1, cost: 3))
    try machine.fit(Self.bars, epochs: 400, batchSize: 14, by: settings)
    let rates = try machine.features(Self.bars).mean(axes: [0]).floats
    #expect(rates.allSatisfy { abs($0 - 0.1) < 0.08 }, "\(rates)")
  }

  @Test func gaussianUnitsLearnTwoClouds() throws {
    var random = RandomSource(seed: 4)
    let sign = random.bernoulli([400, 1], probability: 0.5) * 2 - 1
    let data = (sign * Tensor([1.5, -1.5]) + random.normal([400, 2]))
    let machine = try RestrictedBoltzmannMachine(visible: 2, hidden: 2, units: .gaussian, seed: 1)
    let before = try machine.logLikelihood(data)
    try machine.fit(data, epochs: 150, batchSize: 50, by: ContrastiveDivergence(steps: 5, learningRate: 0.03))
    let after = try machine.logLikelihood(data)
    // The mixture itself has about −3.4; independent normal units of the right mean have −5.1.
    #expect(before < -4.5 && after > -3.7, "\(before) to \(after)")
  }

  @Test func badInputIsRefusedInWords() throws {
    let machine = try RestrictedBoltzmannMachine(visible: 3, hidden: 2)
    func text(_ work: () throws -> Void) -> String {
      do {
        try work()
        return "nothing was refused"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      text { try machine.fit(Tensor([[0, 1, 0], [1, 0.5, 0]]), epochs: 1) }
        == "RestrictedBoltzmannMachine.fit: expected values that are 0 or 1, because the visible units are Bernoulli's, but "
        + "row 1, column 1 is 0.5. Make them binary (`x.binarized()` or `x.binarized(seed:)`), or use Gaussian units for real "
        + "numbers.")
    let probabilities = ContrastiveDivergence(takesProbabilities: true)
    try machine.fit(Tensor([[0, 1, 0], [1, 0.5, 0]]), epochs: 1, by: probabilities)
    #expect(text { try machine.fit(Tensor([[0, 2, 0]]), epochs: 1, by: probabilities) }.contains("values from 0 to 1"))
    #expect(text { try machine.fit(Tensor([[0, .nan, 0]]), epochs: 1) }.contains("row 0, column 1 is nan"))
    #expect(text { try machine.fit(Tensor([[0, 1]]), epochs: 1) }.contains("rows of 3 numbers"))
    #expect(text { try machine.fit(Tensor.zeros([0, 3]), epochs: 1) }.contains("one row at least"))
    #expect(
      text { try machine.fit(Tensor([[0, 1, 0]]), epochs: 1, batchSize: 0) }.contains("a batch size of 1 or more"))
    #expect(text { try machine.fit(Tensor([[0, 1, 0]]), epochs: -1) }.contains("0 epochs or more, but there are -1"))
    #expect(text { _ = try machine.features(Tensor.zeros([1, 3], dtype: .int32)) }.contains("float32"))
    #expect(
      text { _ = try RestrictedBoltzmannMachine(visible: 0, hidden: 2) }.contains("visible units from 1 to 2^24"))
    for settings in [
      ContrastiveDivergence(steps: 0), .init(chains: 0), .init(learningRate: .nan), .init(momentum: 1),
      .init(weightDecay: -1), .init(sparsity: .init(target: 0, cost: 1)), .init(fastWeights: .init(learningRate: 1)),
    ] {
      #expect(text { _ = try RestrictedTrainer(machine, settings) }.hasPrefix("ContrastiveDivergence: expected"))
    }
    let gaussian = try RestrictedBoltzmannMachine(visible: 1, hidden: 1, units: .gaussian)
    #expect(text { try gaussian.fit(Tensor([[.infinity]]), epochs: 1) }.contains("finite numbers"))
    #expect(text { _ = try gaussian.pseudoLikelihood(Tensor([[1]])) }.contains("Bernoulli visible units"))
    #expect(
      text { _ = try GibbsSampler(machine, start: Tensor([[1, 0, 1]]), known: Tensor([[1, 0]])) }
        .contains("a mask [1, 3]"))
    let large = try RestrictedBoltzmannMachine(visible: 30, hidden: 30)
    #expect(text { _ = try large.exactLogPartition() }.contains("Use annealedLogPartition."))
    #expect(text { _ = try machine.annealedLogPartition(chains: 0) }.contains("1 chain and 2 temperatures"))
  }
}
