import Cajal
import Testing

@Suite struct HopfieldTests {
  private static func patterns(_ count: Int, units: Int, seed: Int) -> Tensor {
    var random = RandomSource(seed: seed)
    return random.bernoulli([count, units], probability: 0.5) * 2 - 1
  }

  @Test(arguments: [HopfieldNetwork.Rule.hebb, .projection])
  func recallsWhatItRemembers(_ rule: HopfieldNetwork.Rule) throws {
    // 5 patterns for 100 units are few for Hebb's rule; projection takes 40.
    let patterns = Self.patterns(rule == .hebb ? 5 : 40, units: 100, seed: 1)
    let network = try HopfieldNetwork(patterns, rule: rule)
    #expect(try network.recalled(patterns).floats == patterns.floats)
    guard rule == .hebb else { return }
    var random = RandomSource(seed: 2)
    let damaged = patterns * (1 - 2 * random.bernoulli(patterns.shape, probability: 0.15))
    let found = try network.recalled(damaged)
    #expect(found.floats == patterns.floats)
    let (before, after) = (try network.energies(damaged).floats, try network.energies(found).floats)
    #expect(zip(before, after).allSatisfy { $0 > $1 })
  }

  @Test func twoPatternsByHand() throws {
    // W = (x xᵀ + y yᵀ) / 4 less the diagonal, x = (1, 1, −1, −1), y = (1, −1, 1, −1).
    let network = try HopfieldNetwork(Tensor([[1, 1, -1, -1], [1, -1, 1, -1]]))
    #expect(
      network.weights.tensor.floats
        == [0, 0, 0, -0.5, 0, 0, -0.5, 0, 0, -0.5, 0, 0, -0.5, 0, 0, 0])
    #expect(try network.energies(Tensor([[1, 1, -1, -1], [1, 1, 1, 1]])).floats == [-1, 1])
  }

  @Test func theBoltzmannMachineWithoutNoiseRecallsTheSame() throws {
    let patterns = Self.patterns(4, units: 40, seed: 5)
    let network = try HopfieldNetwork(patterns)
    let machine = try network.boltzmannMachine()
    var random = RandomSource(seed: 6)
    let damaged = patterns * (1 - 2 * random.bernoulli(patterns.shape, probability: 0.1))
    let still = try network.recalled(damaged)
    let cold = try machine.annealed((damaged + 1) / 2, temperatures: [1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4])
    #expect(cold.floats.map { 2 * $0 - 1 } == still.floats)
    // Energies differ by a constant alone.
    let here = try network.energies(patterns).floats
    let there = try machine.energies((patterns + 1) / 2).floats
    #expect(zip(here, there).allSatisfy { abs(($0 - $1) - (here[0] - there[0])) < 1e-3 })
  }
}
