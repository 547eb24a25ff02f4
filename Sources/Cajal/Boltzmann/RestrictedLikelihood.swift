// How likely data is: exactly for small machines, and by pseudo-likelihood.
import CajalGraph
import Foundation

extension RestrictedBoltzmannMachine {
  /// The most units over which states are counted one by one.
  public static let mostEnumeratedUnits = 24
  private static let block = 1 << 12

  /// log Z by going through all states of the smaller layer: of the hidden units where the visible ones are Gaussian.
  ///
  /// Cost: 2ⁿ rows of the other layer, for n units. Errors: `.argument` for more than 24 units.
  public func exactLogPartition() throws -> Double {
    let overVisible = units == .bernoulli && visibleCount < hiddenCount
    let count = overVisible ? visibleCount : hiddenCount
    guard count <= Self.mostEnumeratedUnits else {
      throw CajalError(
        .argument, "exactLogPartition", expected: "a layer of at most \(Self.mostEnumeratedUnits) units",
        given: "the smaller one has \(count)", advice: "Use annealedLogPartition.")
    }
    let energy = energy
    let constant = units == .gaussian ? 0.5 * Double(visibleCount) * log(2 * Double.pi) : 0
    var sum = LogSum()
    for block in StateBlocks(units: count, size: Self.block) {
      sum.add(overVisible ? -energy.freeEnergies(block) : energy.hiddenLogWeights(block))
    }
    return sum.value + constant
  }

  /// log p(v) averaged over rows, in nats: −F(v) − log Z. For Gaussian units it is a density.
  ///
  /// - Parameter logPartition: log Z, exact or estimated; nil: by going through all states.
  /// Errors: those of ``freeEnergies(_:)`` and ``exactLogPartition()``.
  public func logLikelihood(_ data: Tensor, logPartition: Double? = nil) throws -> Double {
    let partition = try logPartition ?? exactLogPartition()
    let energies = try freeEnergies(data).floats
    return -energies.reduce(0) { $0 + Double($1) } / Double(energies.count) - partition
  }

  /// Σᵢ log p(vᵢ | all others), averaged over rows, in nats: what can be followed while training, without Z.
  ///
  /// Cost: one pass over the hidden units for each visible one. Errors: `.unsupported` for Gaussian units; `.value` for
  /// data that is not 0 and 1.
  /// Source: Besag 1975; scikit-learn's `score_samples` draws one unit of each row instead.
  public func pseudoLikelihood(_ data: Tensor) throws -> Double {
    guard units == .bernoulli else {
      throw CajalError(
        .unsupported, "pseudoLikelihood", expected: "Bernoulli visible units", given: "they are Gaussian")
    }
    try demand(data, in: "pseudoLikelihood", allowsProbabilities: false)
    let step = CompiledStep { [self] step in
      let energy = energy(in: step)
      let v = step.inputs[0]
      let inputs = energy.hiddenInputs(v)
      let whole = inputs.softplus().sum(axes: [1])
      let columns = v.transposed()
      let total = Tensor.scan(
        [Tensor.zeros([v.shape[0]])], over: [columns, energy.weights, energy.visibleBias]
      ) { carry, entries, _ in
        // Unit i goes from vᵢ to 1 − vᵢ: the free energy rises by …
        let turn = 1 - 2 * entries[0]
        let turned = inputs + turn.expandingDimension(at: 1) * entries[1].expandingDimension(at: 0)
        let rise = whole - turned.softplus().sum(axes: [1]) - turn * entries[2]
        return ([carry[0] - (-rise).softplus()], [])
      }
      return [total.carry[0].mean()]
    }
    var sum = 0.0
    let rows = try RowBatches(data, batchSize: 500, subject: "pseudoLikelihood")
    try rows.forEach { _, batch in sum += try step.run([batch])[0].item * Double(batch.shape[0]) }
    return sum / Double(data.shape[0])
  }
}

extension RestrictedEnergy {
  /// log Σᵥ exp(−E(v, h)) of each row h; for Gaussian units without ½ n log 2π.
  func hiddenLogWeights(_ h: Tensor) -> Tensor {
    let alone = (h * hiddenBias).sum(axes: [1])
    switch visible {
    case .bernoulli: return alone + visibleInputs(h).softplus().sum(axes: [1])
    case .gaussian:
      return alone + 0.5 * (visibleInputs(h).squared() - visibleBias.squared()).sum(axes: [1])
    }
  }
}

/// log Σ exp of numbers that come in blocks.
struct LogSum {
  private var largest = -Double.infinity
  private var sum = 0.0

  mutating func add(_ values: Tensor) { values.floats.forEach { add(Double($0)) } }

  mutating func add(_ value: Double) {
    if value > largest {
      sum = sum * exp(largest - value) + 1
      largest = value
    } else if value > -.infinity {
      sum += exp(value - largest)
    }
  }

  var value: Double { largest + log(sum) }
}

/// All states of some units that are 0 or 1, in blocks of rows; bit i of a state's number is unit i.
struct StateBlocks: Sequence {
  let units: Int
  let size: Int

  func makeIterator() -> some IteratorProtocol<Tensor> {
    stride(from: 0, to: 1 << units, by: Swift.min(size, 1 << units)).lazy.map { first in
      let count = Swift.min(size, 1 << units)
      var bits = [Float](repeating: 0, count: count * units)
      for row in 0..<count {
        for unit in 0..<units where (first + row) >> unit & 1 == 1 { bits[row * units + unit] = 1 }
      }
      return Tensor(bits, shape: [count, units])
    }.makeIterator()
  }
}
