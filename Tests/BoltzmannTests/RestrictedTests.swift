import Cajal
import Foundation
import Testing

@Suite struct RestrictedTests {
  private let small = SmallMachine(visible: 5, hidden: 4, scale: 1.5, seed: 3)

  @Test func freeEnergyPartitionAndLikelihoodAreThoseOfTheDefinition() throws {
    let weights = small.weights()
    let z = weights.reduce(0) { $0 + $1.reduce(0, +) }
    let machine = try small.machine()
    #expect(abs(try machine.exactLogPartition() - log(z)) < 1e-5)
    let states = SmallMachine.allStates(5)
    let free = try machine.freeEnergies(states).floats
    for (state, row) in weights.enumerated() { #expect(abs(Double(free[state]) + log(row.reduce(0, +))) < 1e-5) }
    let mean = weights.reduce(0) { $0 + log($1.reduce(0, +) / z) } / 32
    #expect(abs(try machine.logLikelihood(states) - mean) < 1e-5)
    // The other way round, so that the visible layer is the one counted.
    let turned = SmallMachine(visible: 3, hidden: 6, scale: 1, seed: 4)
    let sum = turned.weights().reduce(0) { $0 + $1.reduce(0, +) }
    #expect(abs(try turned.machine().exactLogPartition() - log(sum)) < 1e-5)
  }

  @Test func energiesAndConditionalsAreThoseOfTheDefinition() throws {
    let weights = small.weights()
    let energy = try small.machine().energy
    let states = SmallMachine.allStates(5)
    let hidden = energy.hiddenProbabilities(states).floats
    let h = SmallMachine.allStates(4)
    let visible = energy.visibleMeans(h).floats
    for v in 0..<32 {
      for j in 0..<4 {
        let on = weights[v].enumerated().reduce(0) { $0 + ($1.offset >> j & 1 == 1 ? $1.element : 0) }
        #expect(abs(Double(hidden[v * 4 + j]) - on / weights[v].reduce(0, +)) < 1e-5)
      }
    }
    for state in 0..<16 {
      let all = weights.reduce(0) { $0 + $1[state] }
      for i in 0..<5 {
        let on = weights.enumerated().reduce(0) { $0 + ($1.offset >> i & 1 == 1 ? $1.element[state] : 0) }
        #expect(abs(Double(visible[state * 5 + i]) - on / all) < 1e-5)
      }
    }
    let pairs = energy.energies(states, Tensor.ones([32, 4])).floats
    for v in 0..<32 { #expect(abs(Double(pairs[v]) + log(weights[v][15])) < 1e-5) }
  }

  @Test func pseudoLikelihoodIsTheSumOfConditionals() throws {
    let p = small.weights().map { $0.reduce(0, +) }
    let rows = [3, 17, 30]
    let expected = rows.reduce(0.0) { sum, v in
      sum + (0..<5).reduce(0.0) { $0 + log(p[v] / (p[v] + p[v ^ (1 << $1)])) }
    }
    let data = Tensor(rows.flatMap { SmallMachine.bits($0, 5).map(Float.init) }, shape: [3, 5])
    #expect(abs(try small.machine().pseudoLikelihood(data) - expected / 3) < 1e-5)
  }

  @Test func gaussianPartitionIsTheIntegral() throws {
    // One visible unit: the integral of exp(−F(v)) over the line by the midpoint rule.
    let one = SmallMachine(visible: 1, hidden: 3, scale: 1.2, seed: 9)
    let machine = try one.machine(.gaussian)
    let points = (0..<4000).map { Float(-10 + 0.005 * (Double($0) + 0.5)) }
    let free = try machine.freeEnergies(Tensor(points, shape: [4000, 1])).floats
    let integral = free.reduce(0) { $0 + exp(-Double($1)) } * 0.005
    #expect(abs(try machine.exactLogPartition() - log(integral)) < 1e-3)
  }

  @Test func annealingFindsTheExactPartition() throws {
    for (units, seed) in [(RestrictedEnergy.Visible.bernoulli, 1), (.gaussian, 2)] {
      let machine = try SmallMachine(visible: 12, hidden: 8, scale: units == .bernoulli ? 1.5 : 0.4, seed: 11)
        .machine(units)
      let exact = try machine.exactLogPartition()
      let base = units == .bernoulli ? SmallMachine.allStates(12)[0..<100] : nil
      let found = try machine.annealedLogPartition(chains: 400, temperatures: 600, base: base, seed: seed)
      #expect(abs(found.logPartition - exact) < 0.1, "\(units): \(found.logPartition) for \(exact)")
      #expect(found.bounds.lowerBound < exact && exact < found.bounds.upperBound, "\(units): \(found.bounds), \(exact)")
    }
  }

  @Test func theUpdateFollowsTheGradientOfTheExactLikelihood() throws {
    // Chains that are exact samples stay exact after a sweep, so the update is the gradient but for the noise of sampling.
    let chains = 40_000
    for centred in [false, true] {
      let machine = try small.machine()
      let data = Tensor([7, 21, 22, 28].flatMap { SmallMachine.bits($0, 5).map(Float.init) }, shape: [4, 5])
      let exact = centred ? Self.centred(exactGradient(data)) : exactGradient(data)
      let before = machine.parameters.map(\.tensor.floats)
      let trainer = try RestrictedTrainer(
        machine, ContrastiveDivergence(chains: chains, learningRate: 1, isCentred: centred), seed: 5)
      trainer.chains?.tensor = exactHiddenSamples(chains)
      try trainer.update(data)
      for (index, parameter) in machine.parameters.enumerated() {
        let change = zip(parameter.tensor.floats, before[index]).map { Double($0 - $1) }
        for (got, wanted) in zip(change, exact[index]) {
          #expect(abs(got - wanted) < 0.015, "\(parameter.name), centred \(centred): \(got) for \(wanted)")
        }
      }
    }
  }

  /// ⟨∂ log p⟩ by the sums over all states.
  private func exactGradient(_ data: Tensor) -> [[Double]] {
    let weights = small.weights()
    let z = weights.reduce(0) { $0 + $1.reduce(0, +) }
    var (dw, da, db) = ([Double](repeating: 0, count: 20), [Double](repeating: 0, count: 5), [0.0, 0, 0, 0])
    func add(_ v: Int, _ h: Int, _ share: Double) {
      let (v, h) = (SmallMachine.bits(v, 5), SmallMachine.bits(h, 4))
      for i in 0..<5 { da[i] += share * v[i] }
      for j in 0..<4 { db[j] += share * h[j] }
      for i in 0..<5 { for j in 0..<4 { dw[i * 4 + j] += share * v[i] * h[j] } }
    }
    let rows = stateNumbers(data)
    for v in rows {
      let sum = weights[v].reduce(0, +)
      for h in 0..<16 { add(v, h, weights[v][h] / sum / Double(rows.count)) }
    }
    for v in 0..<32 { for h in 0..<16 { add(v, h, -weights[v][h] / z) } }
    return [dw, da, db]
  }

  /// The direction for units less one half, by Melchior's formulas: what the first update takes as means.
  private static func centred(_ plain: [[Double]]) -> [[Double]] {
    let (da, db) = (plain[1], plain[2])
    var dw = plain[0]
    for i in 0..<5 { for j in 0..<4 { dw[i * 4 + j] -= 0.5 * (db[j] + da[i]) } }
    var (forVisible, forHidden) = (da, db)
    for i in 0..<5 {
      for j in 0..<4 {
        forVisible[i] -= 0.5 * dw[i * 4 + j]
        forHidden[j] -= 0.5 * dw[i * 4 + j]
      }
    }
    return [dw, forVisible, forHidden]
  }

  private func exactHiddenSamples(_ count: Int) -> Tensor {
    let weights = small.weights()
    let p = (0..<16).map { h in weights.reduce(0) { $0 + $1[h] } }
    let z = p.reduce(0, +)
    var values: [Float] = []
    // Stratified: each state as often as its probability says.
    var (cumulated, state) = (p[0] / z, 0)
    for sample in 0..<count {
      while (Double(sample) + 0.5) / Double(count) > cumulated, state < 15 {
        state += 1
        cumulated += p[state] / z
      }
      values += SmallMachine.bits(state, 4).map(Float.init)
    }
    return Tensor(values, shape: [count, 4])
  }

  @Test func gibbsSamplesInDetailedBalance() throws {
    let tiny = SmallMachine(visible: 3, hidden: 2, scale: 1, seed: 21)
    let p = tiny.weights().map { $0.reduce(0, +) }
    let z = p.reduce(0, +)
    let chains = 20_000
    let sampler = try GibbsSampler(tiny.machine(), chains: chains, seed: 2)
    let before = stateNumbers(try sampler.run(sweeps: 30))
    let after = stateNumbers(try sampler.run(sweeps: 1))
    var counts = [Double](repeating: 0, count: 8)
    var moves = [[Double]](repeating: [Double](repeating: 0, count: 8), count: 8)
    for (from, to) in zip(before, after) {
      counts[to] += 1
      moves[from][to] += 1
    }
    for v in 0..<8 {
      let expected = p[v] / z * Double(chains)
      #expect(abs(counts[v] - expected) < 4.5 * expected.squareRoot(), "state \(v): \(counts[v]) for \(expected)")
      // As many chains go from v to u as from u to v.
      for u in 0..<v {
        let both = moves[u][v] + moves[v][u]
        #expect(abs(moves[u][v] - moves[v][u]) < 4.5 * (both + 1).squareRoot(), "\(u) and \(v)")
      }
    }
  }

  @Test func whatIsKnownStaysAndTheRestIsFilled() throws {
    let tiny = SmallMachine(visible: 4, hidden: 3, scale: 2, seed: 5)
    let p = tiny.weights().map { $0.reduce(0, +) }
    let data = Tensor([[1, 0, 1, 0]])
    let known = Tensor([[1, 1, 0, 1]])
    let filled = try tiny.machine().filled(data, known: known, burnIn: 10, sweeps: 8000, seed: 1).floats
    #expect([filled[0], filled[1], filled[3]] == [1, 0, 0])
    let truth = p[0b0101] / (p[0b0101] + p[0b0001])
    #expect(abs(Double(filled[2]) - truth) < 0.03, "\(filled[2]) for \(truth)")
  }
}
