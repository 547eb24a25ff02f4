import CajalGraph
import Foundation

/// A general Boltzmann machine: units that are 0 or 1, each joined to every other.
///
/// E(s) = −½ s·W·s − b·s, W symmetric with zeros on the diagonal; p(s) = exp(−E/T) / Z. The first units are visible, the rest hidden.
/// Units are drawn one after the other given all others, so a sweep costs n small steps: for machines of some hundred units.
///
/// Example:
/// ```swift
/// let machine = try BoltzmannMachine(visible: 9, hidden: 6, seed: 1)
/// try machine.fit(data, epochs: 300)
/// let states = try machine.sampled(chains: 100, sweeps: 200)
/// ```
/// Source: Ackley, Hinton and Sejnowski, "A learning algorithm for Boltzmann machines", Cognitive Science 9, 1985.
public final class BoltzmannMachine: Sendable {
  /// Visible units come first.
  public let visibleCount: Int
  /// W, `[units, units]`.
  public let weights: Variable
  /// b, `[units]`.
  public let bias: Variable

  /// A machine with small weights. Errors: `.argument` for no visible units or a negative number of hidden ones.
  public convenience init(visible: Int, hidden: Int = 0, deviation: Double = 0.01, seed: Int = 0) throws {
    try demandSizes("BoltzmannMachine", [("visible units", visible), ("units", visible + hidden)])
    guard hidden >= 0 else {
      throw CajalError(
        .argument, "BoltzmannMachine", expected: "0 hidden units or more", given: "there are \(hidden)")
    }
    let units = visible + hidden
    var random = RandomSource(seed: seed)
    let half = random.normal([units, units], deviation: deviation / 2.0.squareRoot())
    let symmetric = (half + half.transposed()) * (1 - Tensor.identity(units))
    try self.init(weights: symmetric, bias: Tensor.zeros([units]), visible: visible)
  }

  /// A machine of given parameters; all units are visible unless fewer are said to be.
  ///
  /// Errors: `.shape` where they do not fit, `.value` for weights that are not symmetric, have something on the diagonal, or are no
  /// numbers.
  public init(weights: Tensor, bias: Tensor, visible: Int? = nil) throws {
    guard weights.rank == 2, weights.shape[0] == weights.shape[1], bias.shape == [weights.shape[0]],
      (1...max(1, bias.count)).contains(visible ?? bias.count), bias.count > 0
    else {
      throw CajalError(
        .shape, "BoltzmannMachine", expected: "weights [units, units], a bias [units], visible units among them",
        given: "they are \(weights.shape), \(bias.shape) and \(visible ?? bias.count)")
    }
    try demandSymmetric("BoltzmannMachine", weights)
    try demandFinite("BoltzmannMachine", bias.cast(to: .float32), what: "biases")
    visibleCount = visible ?? bias.count
    self.weights = Variable("weights", weights.cast(to: .float32), role: .parameter)
    self.bias = Variable("bias", bias.cast(to: .float32), role: .parameter)
  }

  /// Number of all units.
  public var unitCount: Int { bias.type.shape[0] }

  /// E(s) of each row of states of all units.
  public func energies(_ states: Tensor) throws -> Tensor {
    try demandRows("BoltzmannMachine.energies", states, width: unitCount)
    let pairs = (states.matmul(weights.tensor) * states).sum(axes: [1])
    return (-0.5 * pairs - (states * bias.tensor).sum(axes: [1])).evaluatedCopy()
  }

  /// log Z at temperature 1, by going through all states. Errors: `.argument` for more than 20 units.
  public func exactLogPartition() throws -> Double {
    guard unitCount <= 20 else {
      throw CajalError(
        .argument, "BoltzmannMachine.exactLogPartition", expected: "at most 20 units", given: "there are \(unitCount)")
    }
    var sum = LogSum()
    for block in StateBlocks(units: unitCount, size: 4096) { sum.add(-(try energies(block))) }
    return sum.value
  }

  /// Draws states of all units by Gibbs sampling from random ones, `[chains, units]`.
  ///
  /// Errors: `.argument` for fewer than 1 chain or sweep.
  public func sampled(chains: Int, sweeps: Int = 100, seed: Int = 0) throws -> Tensor {
    try demandSizes("BoltzmannMachine.sampled", [("chains", chains), ("sweeps", sweeps)])
    var random = RandomSource(seed: seed)
    let start = random.bernoulli([chains, unitCount], probability: 0.5)
    return try annealed(start, temperatures: Array(repeating: 1, count: sweeps), seed: seed)
  }

  /// Gibbs sweeps at one temperature after the other: simulated annealing where they fall, which finds states of low energy.
  ///
  /// - Parameters:
  ///   - start: States of all units, `[rows, units]`, 0 and 1.
  ///   - known: 1 where a unit keeps its value, else 0.
  ///   - temperatures: Of each sweep; 1 is the machine itself, near 0 units only go downhill.
  /// Errors: `.shape` and `.value` for states, masks and temperatures that do not fit.
  public func annealed(
    _ start: Tensor, known: Tensor? = nil, temperatures: [Double], seed: Int = 0
  ) throws -> Tensor {
    try demandRows("BoltzmannMachine.annealed", start, width: unitCount)
    try demandBinary("BoltzmannMachine.annealed", start)
    try demandMask("BoltzmannMachine.annealed", known, start)
    guard !temperatures.isEmpty, temperatures.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw CajalError(
        .value, "BoltzmannMachine.annealed", expected: "temperatures above 0", given: "they are \(temperatures)")
    }
    let step = CompiledStep(seed: seed) { [self] step in
      let graph = UnitSweep(self, step)
      return [graph.drawn(step.inputs[0], known: known, inverseTemperatures: step.inputs[1])]
    }
    let inverse = Tensor(temperatures.map { Float(1 / $0) }, shape: [temperatures.count])
    return try step.run([start, inverse])[0]
  }

  /// Means of all units given the known ones, each given the others' means: mᵢ = σ(bᵢ + Σ Wᵢⱼ mⱼ), unit by unit.
  ///
  /// - Parameters:
  ///   - values: `[rows, units]` from 0 to 1: what is known, and where the rest begins.
  ///   - known: 1 where a unit keeps its value; nil: none does.
  /// Errors: `.shape` and `.value` for values and masks that do not fit.
  public func meanField(_ values: Tensor, known: Tensor? = nil, rounds: Int = 50) throws -> Tensor {
    try demandRows("BoltzmannMachine.meanField", values, width: unitCount)
    try demandProbabilities("BoltzmannMachine.meanField", values)
    try demandMask("BoltzmannMachine.meanField", known, values)
    try demandSizes("BoltzmannMachine.meanField", [("rounds", rounds)])
    let step = CompiledStep { [self] step in
      [UnitSweep(self, step).means(step.inputs[0], known: known, rounds: rounds)]
    }
    return try step.run([values])[0]
  }
}

func demandMask(_ subject: String, _ known: Tensor?, _ states: Tensor) throws {
  guard let known else { return }
  guard known.shape == states.shape else {
    throw CajalError(.shape, subject, expected: "a mask \(states.shape), as the states", given: "it is \(known.shape)")
  }
  try demandBinary("\(subject), mask of what is known", known)
}

func demandSymmetric(_ subject: String, _ weights: Tensor) throws {
  let weights = weights.cast(to: .float32)
  try demandFinite(subject, weights, what: "weights")
  let (size, values) = (weights.shape[0], weights.floats)
  for row in 0..<size {
    guard values[row * size + row] == 0 else {
      throw CajalError(
        .value, subject, expected: "weights of 0 on the diagonal",
        given: "unit \(row) has \(values[row * size + row]) to itself")
    }
    for column in 0..<row {
      let (one, other) = (values[row * size + column], values[column * size + row])
      guard abs(one - other) <= 1e-5 * max(1, abs(one)) else {
        throw CajalError(
          .value, subject, expected: "symmetric weights",
          given: "from unit \(row) to \(column) it is \(one), back \(other)")
      }
    }
  }
}
