import Cajal
import Testing

@Suite struct EnergyTests {
  /// A restricted Boltzmann machine by persistent contrastive divergence: no gradient, and a chain kept between steps.
  @Test func persistentContrastiveDivergence() throws {
    let (visible, hidden, chains) = (6, 8, 32)
    var random = RandomSource(seed: 1)
    let w = Variable("w", random.normal([visible, hidden], deviation: 0.05), role: .parameter)
    let a = Variable("a", Tensor.zeros([visible]), role: .parameter)
    let b = Variable("b", Tensor.zeros([hidden]), role: .parameter)
    let chain = Variable("chain", random.bernoulli([chains, visible], probability: 0.5))

    let learn = CompiledStep(seed: 2) { step in
      func sample(_ p: Tensor) -> Tensor { (step.uniform(p.shape) .< p).cast(to: .float32) }
      func up(_ v: Tensor) -> Tensor { (v.matmul(step[w]) + step[b]).sigmoid() }
      func down(_ h: Tensor) -> Tensor { (h.matmul(step[w], transposeOther: true) + step[a]).sigmoid() }
      let data = step.inputs[0]
      for _ in 0..<2 { step[chain] = sample(down(sample(up(step[chain])))) }
      let (seen, dreamt) = (up(data), up(step[chain]))
      let positive = data.matmul(seen, transposeSelf: true) / Double(data.shape[0])
      let negative = step[chain].matmul(dreamt, transposeSelf: true) / Double(chains)
      step[w] = step[w] + 0.1 * (positive - negative)
      step[a] = step[a] + 0.1 * (data.mean(axes: [0]) - step[chain].mean(axes: [0]))
      step[b] = step[b] + 0.1 * (seen.mean(axes: [0]) - dreamt.mean(axes: [0]))
      return [step[chain]]
    }

    // Two patterns: the left half or the right half is on.
    let data = Tensor(
      (0..<32).flatMap { row in (0..<6).map { Float(($0 < 3) == (row % 2 == 0) ? 1 : 0) } }, shape: [32, 6])
    var before = chain.tensor.floats
    for step in 0..<400 {
      let after = try learn.run([data])[0].floats
      #expect(chain.tensor.floats == after)
      if step < 3 { #expect(before != after) }  // the chain moves on
      before = after
    }
    // Units of one half agree in what the machine dreams.
    let agreement = (0..<chains).filter { row in
      let pattern = before[(row * 6)..<(row * 6 + 6)]
      return Array(pattern) == [1, 1, 1, 0, 0, 0] || Array(pattern) == [0, 0, 0, 1, 1, 1]
    }
    #expect(agreement.count > chains / 2, "\(agreement.count) of \(chains) chains show a pattern")
  }
}
