import Cajal
import Foundation
import Testing

@Suite struct BoltzmannMachineTests {
  /// A random symmetric machine of 6 units.
  private static func machine(visible: Int? = nil) throws -> BoltzmannMachine {
    let numbers = SmallMachine(visible: 6, hidden: 6, scale: 0.8, seed: 8)
    let w = (0..<6).flatMap { i in
      (0..<6).map { j in i == j ? Float(0) : Float(numbers.w[min(i, j)][max(i, j)]) }
    }
    return try BoltzmannMachine(
      weights: Tensor(w, shape: [6, 6]), bias: Tensor(numbers.a.map(Float.init)), visible: visible)
  }

  /// exp(−E) of all 64 states, by the definition.
  private static func weights(_ machine: BoltzmannMachine, temperature: Double = 1) -> [Double] {
    let (w, b) = (machine.weights.tensor.floats, machine.bias.tensor.floats)
    return (0..<64).map { state in
      let s = SmallMachine.bits(state, 6)
      var energy = 0.0
      for i in 0..<6 {
        energy -= Double(b[i]) * s[i]
        for j in 0..<i { energy -= Double(w[i * 6 + j]) * s[i] * s[j] }
      }
      return exp(-energy / temperature)
    }
  }

  @Test func energiesAndPartitionAreThoseOfTheDefinition() throws {
    let machine = try Self.machine()
    let weights = Self.weights(machine)
    let energies = try machine.energies(SmallMachine.allStates(6)).floats
    for state in 0..<64 { #expect(abs(Double(energies[state]) + log(weights[state])) < 1e-5) }
    #expect(abs(try machine.exactLogPartition() - log(weights.reduce(0, +))) < 1e-5)
  }

  @Test(arguments: [1.0, 2.0]) func gibbsSamplingDrawsFromTheMachine(_ temperature: Double) throws {
    let machine = try Self.machine()
    let weights = Self.weights(machine, temperature: temperature)
    let z = weights.reduce(0, +)
    let chains = 20_000
    var random = RandomSource(seed: 3)
    let states = try machine.annealed(
      random.bernoulli([chains, 6], probability: 0.5), temperatures: Array(repeating: temperature, count: 40), seed: 2)
    var counts = [Double](repeating: 0, count: 64)
    for state in stateNumbers(states) { counts[state] += 1 }
    for state in 0..<64 {
      let expected = weights[state] / z * Double(chains)
      #expect(
        abs(counts[state] - expected) < 4.5 * (expected + 1).squareRoot(), "\(state): \(counts[state]), \(expected)")
    }
  }

  @Test func annealingFindsTheLowestEnergy() throws {
    let machine = try Self.machine()
    let best = Self.weights(machine).enumerated().max { $0.element < $1.element }?.offset
    var random = RandomSource(seed: 3)
    let start = random.bernoulli([200, 6], probability: 0.5)
    func found(_ temperatures: [Double]) throws -> Int {
      stateNumbers(try machine.annealed(start, temperatures: temperatures)).count { $0 == best }
    }
    let slowly = try found((0..<150).map { 3 * pow(0.97, Double($0)) })
    let atOnce = try found(Array(repeating: 0.01, count: 150))
    #expect(slowly > 120 && slowly > atOnce, "\(slowly) slowly, \(atOnce) at once")
  }

  @Test func clampedUnitsStay() throws {
    let machine = try Self.machine()
    let weights = Self.weights(machine)
    let chains = 8000
    let start = Tensor.ones([chains, 6]) * Tensor([1, 0, 1, 0, 0, 0])
    let known = Tensor.ones([chains, 6]) * Tensor([1, 1, 1, 1, 1, 0])
    let end = stateNumbers(
      try machine.annealed(start, known: known, temperatures: [1, 1, 1], seed: 4))
    #expect(end.allSatisfy { $0 & 31 == 5 })
    let p = weights[5 + 32] / (weights[5] + weights[5 + 32])
    let share = Double(end.count { $0 == 37 }) / Double(chains)
    #expect(abs(share - p) < 0.025, "\(share) for \(p)")
  }

  @Test func meanFieldIsAFixedPointAndExactForOneUnit() throws {
    let machine = try Self.machine()
    let (w, b) = (machine.weights.tensor, machine.bias.tensor)
    let means = try machine.meanField(Tensor.full([1, 6], 0.5), rounds: 200)
    let again = (means.matmul(w) + b).sigmoid()
    #expect(zip(means.floats, again.floats).allSatisfy { abs($0 - $1) < 1e-4 })
    let values = Tensor([[1, 0, 1, 0, 0, 0.5]])
    let one = try machine.meanField(values, known: Tensor([[1, 1, 1, 1, 1, 0]])).floats
    let weights = Self.weights(machine)
    #expect(abs(Double(one[5]) - weights[37] / (weights[5] + weights[37])) < 1e-5)
  }

  @Test func learnsWhatItSees() throws {
    // Three units, the third the exclusive or of the others: pairs alone cannot tell, hidden units can.
    let rows: [[Float]] = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
    let data = Tensor((0..<25).flatMap { _ in rows })
    func divergence(hidden: Int) throws -> Double {
      let machine = try BoltzmannMachine(visible: 3, hidden: hidden, deviation: 1, seed: 2)
      try machine.fit(
        data, epochs: 1500, chains: 200, steps: 2, learningRate: 0.3, finalRate: 0.02, seed: 1)
      let units = 3 + hidden
      let energies = try machine.energies(SmallMachine.allStates(units)).floats.map(Double.init)
      let z = try machine.exactLogPartition()
      let likely = [0b000, 0b110, 0b101, 0b011].map { state in
        (0..<(1 << hidden)).reduce(0.0) { $0 + exp(-energies[state + ($1 << 3)] - z) }
      }
      return likely.reduce(0) { $0 + log(0.25 / $1) } / 4
    }
    let (without, with) = (try divergence(hidden: 0), try divergence(hidden: 4))
    #expect(without > 0.6 && with < 0.5, "\(without) without, \(with) with hidden units")
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
    let w = Tensor([[0, 1], [2, 0]])
    #expect(text { _ = try BoltzmannMachine(weights: w, bias: Tensor([0, 0])) }.contains("symmetric weights"))
    #expect(
      text { _ = try BoltzmannMachine(weights: Tensor([[1, 0], [0, 1]]), bias: Tensor([0, 0])) }
        .contains("weights of 0 on the diagonal"))
    let machine = try Self.machine(visible: 4)
    #expect(text { try machine.fit(Tensor([[0, 1, 0.3, 1]]), epochs: 1) }.contains("row 0, column 2 is 0.3"))
    #expect(text { try machine.fit(Tensor([[0, 1, 0, 1]]), epochs: -1) }.contains("0 epochs or more"))
    #expect(text { try machine.fit(Tensor([[0, 1]]), epochs: 1) }.contains("rows of 4 numbers"))
    #expect(
      text { _ = try machine.annealed(Tensor.zeros([1, 6]), temperatures: [0]) }.contains("temperatures above 0"))
    #expect(text { _ = try HopfieldNetwork(Tensor([[0, 1]])) }.contains("values of −1 and +1"))
    #expect(
      text { _ = try HopfieldNetwork(Tensor([[1, -1], [1, -1]]), rule: .projection) }
        .contains("patterns that are linearly independent"))
  }
}
