import CajalGraph
import Foundation

/// What annealed importance sampling found.
public struct PartitionEstimate: Sendable {
  /// The estimate of log Z: the logarithm of an unbiased estimate of Z.
  public var logPartition: Double
  /// Z's estimate less and plus three standard deviations, as logarithms; the lower end may be −∞.
  public var bounds: ClosedRange<Double>
  /// log importance weights of the chains, with the base's log Z.
  public var logWeights: [Double]

  init(logWeights: [Double]) {
    self.logWeights = logWeights
    let largest = logWeights.max() ?? 0
    let scaled = logWeights.map { exp($0 - largest) }
    let count = Double(scaled.count)
    let mean = scaled.reduce(0, +) / count
    let variance = scaled.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count - 1)
    let deviation = (variance / count).squareRoot()
    logPartition = largest + log(mean)
    let low = mean - 3 * deviation
    bounds = (low > 0 ? largest + log(low) : -.infinity)...(largest + log(mean + 3 * deviation))
  }
}

extension RestrictedBoltzmannMachine {
  /// log Z by annealed importance sampling: chains go from a machine without weights to this one, over many machines between.
  ///
  /// At temperature 1/β the hidden units' inputs are β times as large, and visible biases go from the base's to the
  /// machine's. The loop over temperatures is compiled; 10,000 temperatures of 784 x 500 units with 100 chains take some ten
  /// seconds on two cores.
  /// - Parameters:
  ///   - chains: Independent runs; the error falls with their square root.
  ///   - temperatures: Machines on the way, spaced closer to the end as Salakhutdinov and Murray do.
  ///   - base: Data whose means the base machine has; nil: the machine's own visible biases.
  /// Errors: `.argument` for fewer than 1 chain or 2 temperatures; those of `fit` for the data.
  /// Sources: Neal, Statistics and Computing 11, 2001; Salakhutdinov and Murray, ICML 2008.
  public func annealedLogPartition(
    chains: Int = 100, temperatures: Int = 10_000, base: Tensor? = nil, seed: Int = 0
  ) throws -> PartitionEstimate {
    guard chains >= 1, temperatures >= 2 else {
      throw CajalError(
        .argument, "annealedLogPartition", expected: "1 chain and 2 temperatures at least",
        given: "there are \(chains) and \(temperatures)")
    }
    if let base { try demand(base, in: "annealedLogPartition", allowsProbabilities: true) }
    let start = base.map { baseBias(of: $0) } ?? visibleBias.tensor
    let baseVariable = Variable("base_bias", start, role: .state)
    var random = RandomSource(seed: seed)
    let first =
      units == .bernoulli
      ? (random.uniform([chains, visibleCount]) .< start.sigmoid()).cast(to: .float32)
      : start + random.normal([chains, visibleCount])
    let states = Variable("annealed_states", first, role: .chain)
    let annealing = CompiledStep(seed: seed) { [self] step in
      let path = AnnealedPath(energy: energy(in: step), base: step[baseVariable])
      let result = Tensor.scan(
        [step[states], Tensor.zeros([chains])], over: [step.inputs[0], step.inputs[1]]
      ) { carry, betas, t in
        let (next, gain) = path.moved(carry[0], from: betas[0], to: betas[1], step, iteration: t)
        return ([next, carry[1] + gain], [])
      }
      step[states] = result.carry[0]
      return [result.carry[1]]
    }
    let betas = Self.inverseTemperatures(temperatures)
    var weights = [Double](repeating: baseLogPartition(start), count: chains)
    let length = 250
    for begin in stride(from: 0, to: betas.count - 1, by: length) {
      let end = min(betas.count - 1, begin + length)
      let gains = try annealing.run([
        Tensor(Array(betas[begin..<end]), shape: [end - begin]),
        Tensor(Array(betas[(begin + 1)...end]), shape: [end - begin]),
      ])[0].floats
      for (chain, gain) in gains.enumerated() { weights[chain] += Double(gain) }
    }
    return PartitionEstimate(logWeights: weights)
  }

  /// log Z of a machine without weights and hidden biases.
  private func baseLogPartition(_ bias: Tensor) -> Double {
    let hidden = Double(hiddenCount) * log(2.0)
    guard units == .bernoulli else { return hidden + 0.5 * Double(visibleCount) * log(2 * Double.pi) }
    return hidden + bias.floats.reduce(0) { $0 + log1p(exp(-abs(Double($1)))) + max(0, Double($1)) }
  }

  /// 0 to 1: a thirtieth of the steps up to 0.5, four fifteenths up to 0.9, the rest to 1, as in the paper (500, 4,000 and
  /// 10,000 of 14,500).
  static func inverseTemperatures(_ count: Int) -> [Float] {
    let steps = count - 1
    let first = steps >= 30 ? steps / 29 : 0
    let second = steps >= 30 ? steps * 8 / 29 : 0
    var betas: [Float] = []
    func add(_ steps: Int, _ from: Double, _ to: Double) {
      betas += (0..<steps).map { Float(from + (to - from) * Double($0) / Double(steps)) }
    }
    if first > 0 {
      add(first, 0, 0.5)
      add(second, 0.5, 0.9)
      add(steps - first - second, 0.9, 1)
    } else {
      add(steps, 0, 1)
    }
    return betas + [1]
  }
}

/// The machines between one without weights and the one at hand.
struct AnnealedPath {
  let energy: RestrictedEnergy
  let base: Tensor

  /// One sweep at `next`, and log p*_next(v) − log p*_last(v) of the states before it.
  func moved(
    _ v: Tensor, from last: Tensor, to next: Tensor, _ step: Step, iteration: Tensor
  ) -> (states: Tensor, gain: Tensor) {
    let inputs = energy.hiddenInputs(v)
    let gain = ((next * inputs).softplus() - (last * inputs).softplus()).sum(axes: [1])
    let hidden = step.sampled((next * inputs).sigmoid(), iteration: iteration)
    let own = energy.visibleInputs(hidden)
    let means = (1 - next) * base + next * own
    switch energy.visible {
    case .bernoulli:
      let bias = (v * (energy.visibleBias - base)).sum(axes: [1])
      return (step.sampled(means.sigmoid(), iteration: iteration), gain + (next - last) * bias)
    case .gaussian:
      // −½ (1 − β) |v − base|² − ½ β |v − a|²
      let own = ((v - base).squared() - (v - energy.visibleBias).squared()).sum(axes: [1])
      return (means + step.normal(means.shape, iteration: iteration), gain + (next - last) * 0.5 * own)
    }
  }
}
