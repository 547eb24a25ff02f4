import CajalGraph
import Foundation

/// A restricted Boltzmann machine: visible and hidden units, joined layer to layer and not within a layer.
///
/// It is trained by ``ContrastiveDivergence``, sampled by ``GibbsSampler`` and judged by its likelihood, exactly where one
/// layer is small and by annealed importance sampling elsewhere.
///
/// Example:
/// ```swift
/// let machine = try RestrictedBoltzmannMachine(visible: 784, hidden: 500, seed: 1)
/// try machine.fit(images, epochs: 20, batchSize: 100, by: ContrastiveDivergence(learningRate: 0.05))
/// let partition = try machine.annealedLogPartition(chains: 100, temperatures: 10_000, base: images)
/// print(try machine.logLikelihood(test, logPartition: partition.logPartition))
/// ```
/// Source: Hinton, "A Practical Guide to Training Restricted Boltzmann Machines", UTML TR 2010-003.
public final class RestrictedBoltzmannMachine: Sendable {
  /// What the visible units are.
  public let units: RestrictedEnergy.Visible
  /// W, `[visible, hidden]`.
  public let weights: Variable
  /// a, `[visible]`.
  public let visibleBias: Variable
  /// b, `[hidden]`.
  public let hiddenBias: Variable
  let copies: (below: Double, above: Double)

  /// A machine with small normal weights and biases of 0.
  ///
  /// - Parameters:
  ///   - units: Bernoulli for values 0 and 1; Gaussian for real ones of mean 0 and deviation 1.
  ///   - deviation: Of the first weights.
  /// Errors: `.argument` for layers without units and a deviation that is negative or no number.
  public convenience init(
    visible: Int, hidden: Int, units: RestrictedEnergy.Visible = .bernoulli, deviation: Double = 0.01, seed: Int = 0
  ) throws {
    try self.init(
      visible: visible, hidden: hidden, units: units, deviation: deviation, seed: seed, copies: (1, 1))
  }

  init(
    visible: Int, hidden: Int, units: RestrictedEnergy.Visible, deviation: Double, seed: Int,
    copies: (below: Double, above: Double)
  ) throws {
    try demandSizes("RestrictedBoltzmannMachine", [("visible units", visible), ("hidden units", hidden)])
    guard deviation >= 0, deviation.isFinite else {
      throw CajalError(
        .argument, "RestrictedBoltzmannMachine", expected: "a deviation of 0 or more", given: "it is \(deviation)")
    }
    self.units = units
    self.copies = copies
    var random = RandomSource(seed: seed)
    weights = Variable("weights", random.normal([visible, hidden], deviation: deviation), role: .parameter)
    visibleBias = Variable("visible_bias", Tensor.zeros([visible]), role: .parameter)
    hiddenBias = Variable("hidden_bias", Tensor.zeros([hidden]), role: .parameter)
  }

  /// A machine of given parameters: `weights` is `[visible, hidden]`.
  ///
  /// Errors: `.shape` where the biases do not fit; `.value` for a parameter that is no number.
  public init(
    units: RestrictedEnergy.Visible = .bernoulli, weights: Tensor, visibleBias: Tensor, hiddenBias: Tensor
  ) throws {
    guard weights.rank == 2, weights.count > 0, visibleBias.shape == [weights.shape[0]],
      hiddenBias.shape == [weights.shape[1]]
    else {
      throw CajalError(
        .shape, "RestrictedBoltzmannMachine",
        expected: "weights [visible, hidden] and biases [visible] and [hidden]",
        given: "they are \(weights.shape), \(visibleBias.shape) and \(hiddenBias.shape)")
    }
    let parameters = [weights, visibleBias, hiddenBias].map { $0.cast(to: .float32) }
    for parameter in parameters { try demandFinite("RestrictedBoltzmannMachine", parameter, what: "parameters") }
    self.units = units
    copies = (1, 1)
    self.weights = Variable("weights", parameters[0], role: .parameter)
    self.visibleBias = Variable("visible_bias", parameters[1], role: .parameter)
    self.hiddenBias = Variable("hidden_bias", parameters[2], role: .parameter)
  }

  /// Number of visible units.
  public var visibleCount: Int { weights.type.shape[0] }
  /// Number of hidden units.
  public var hiddenCount: Int { weights.type.shape[1] }
  /// Everything that training changes.
  public var parameters: [Variable] { [weights, visibleBias, hiddenBias] }

  /// The arithmetic with the parameters as they are now.
  public var energy: RestrictedEnergy {
    energy(weights: weights.tensor, visibleBias: visibleBias.tensor, hiddenBias: hiddenBias.tensor)
  }

  /// The arithmetic inside a step, with what the parameters are there.
  public func energy(in step: Step) -> RestrictedEnergy {
    energy(weights: step[weights], visibleBias: step[visibleBias], hiddenBias: step[hiddenBias])
  }

  private func energy(weights: Tensor, visibleBias: Tensor, hiddenBias: Tensor) -> RestrictedEnergy {
    var energy = RestrictedEnergy(units, weights: weights, visibleBias: visibleBias, hiddenBias: hiddenBias)
    energy.copies = copies
    return energy
  }

  /// Sets the visible biases to what data without hidden causes would have: log odds of its means, or its means.
  ///
  /// A good beginning of training (Hinton, section 8.1). Errors: those of ``fit(_:epochs:batchSize:by:seed:onEpoch:)``.
  public func setVisibleBias(from data: Tensor) throws {
    try demand(data, in: "setVisibleBias", allowsProbabilities: true)
    visibleBias.tensor = baseBias(of: data)
  }

  /// The biases of a machine without weights that has the means of the data, kept away from 0 and 1.
  func baseBias(of data: Tensor) -> Tensor {
    let mean = data.mean(axes: [0])
    guard units == .bernoulli else { return mean }
    let rows = Double(data.shape[0])
    let smooth = (mean * rows + 0.5) / (rows + 1)
    return (smooth / (1 - smooth)).log()
  }

  /// Probabilities of the hidden units: features of the data, `[rows, hidden]`.
  ///
  /// Errors: those of ``fit(_:epochs:batchSize:by:seed:onEpoch:)``; values between 0 and 1 are taken as probabilities.
  public func features(_ data: Tensor) throws -> Tensor {
    try demand(data, in: "features", allowsProbabilities: true)
    return energy.hiddenProbabilities(data).evaluatedCopy()
  }

  /// What the machine sees in the data: means of the visible units given the hidden ones' probabilities.
  public func reconstructions(_ data: Tensor) throws -> Tensor {
    try demand(data, in: "reconstructions", allowsProbabilities: true)
    let energy = energy
    return energy.visibleMeans(energy.hiddenProbabilities(data)).evaluatedCopy()
  }

  /// F(v) of each row, `[rows]`; lower is likelier.
  public func freeEnergies(_ data: Tensor) throws -> Tensor {
    try demand(data, in: "freeEnergies", allowsProbabilities: true)
    return energy.freeEnergies(data).evaluatedCopy()
  }

  /// Refuses data that does not fit the visible units.
  func demand(_ data: Tensor, in subject: String, allowsProbabilities: Bool) throws {
    let subject = "RestrictedBoltzmannMachine.\(subject)"
    try demandRows(subject, data, width: visibleCount)
    switch units {
    case .gaussian: try demandFinite(subject, data, what: "data")
    case .bernoulli where allowsProbabilities: try demandProbabilities(subject, data)
    case .bernoulli: try demandBinary(subject, data)
    }
  }
}

extension Tensor {
  /// The tensor with its values worked out, so that later changes of variables do not reach it.
  func evaluatedCopy() -> Tensor {
    _ = storage
    return self
  }
}
