import CajalGraph

/// Chains of a restricted Boltzmann machine: visible and hidden units drawn in turn, in one compiled loop; states stay where
/// the loop reads them.
///
/// Example: `let sampler = try GibbsSampler(machine, chains: 64, seed: 3); let pictures = try sampler.run(sweeps: 1000)`
public final class GibbsSampler: @unchecked Sendable {  // used by one caller at a time, as the machine's variables are
  /// The visible states, `[chains, visible]`.
  public let states: Variable
  private let machine: RestrictedBoltzmannMachine
  private let seed: Int
  private let clamp: (values: Variable, isKnown: Variable)?
  private var loops: [Int: CompiledStep] = [:]

  /// Chains that begin at random states.
  ///
  /// Errors: `.argument` for fewer than 1 chain.
  public convenience init(_ machine: RestrictedBoltzmannMachine, chains: Int, seed: Int = 0) throws {
    try demandSizes("GibbsSampler", [("chains", chains)])
    var random = RandomSource(seed: seed)
    let shape: Shape = [chains, machine.visibleCount]
    let start = machine.units == .bernoulli ? random.bernoulli(shape, probability: 0.5) : random.normal(shape)
    try self.init(machine, start: start, seed: seed)
  }

  /// Chains that begin at given states.
  ///
  /// - Parameter known: 1 where a visible unit keeps its value of the start, else 0; nil: all are drawn.
  /// Errors: `.shape` and `.value` for states that do not fit the visible units, or a mask that does not fit them.
  public init(_ machine: RestrictedBoltzmannMachine, start: Tensor, known: Tensor? = nil, seed: Int = 0) throws {
    try machine.demand(start, in: "GibbsSampler", allowsProbabilities: true)
    if let known {
      guard known.shape == start.shape else {
        throw CajalError(
          .shape, "GibbsSampler", expected: "a mask \(start.shape), as the states", given: "it is \(known.shape)")
      }
      try demandBinary("GibbsSampler, mask of what is known", known)
    }
    self.machine = machine
    self.seed = seed
    states = Variable("states", start, role: .chain)
    clamp = known.map { (Variable("known_values", start, role: .state), Variable("is_known", $0, role: .state)) }
  }

  /// Makes so many sweeps (hidden units, then visible ones) and returns the visible states.
  @discardableResult
  public func run(sweeps: Int) throws -> Tensor {
    _ = try means(sweeps: sweeps)
    return states.tensor
  }

  /// Makes so many sweeps and returns the visible units' means given the hidden states, averaged over them: smoother than
  /// states, and what a missing value is expected to be.
  public func means(sweeps: Int) throws -> Tensor {
    guard sweeps >= 1 else {
      throw CajalError(.argument, "GibbsSampler", expected: "1 sweep at least", given: "there are \(sweeps)")
    }
    let length = min(sweeps, 50)
    var total = try loop(length).run()[0]
    var done = length
    while done < sweeps {
      if Interruption.isRequested { break }
      let next = min(length, sweeps - done)
      total = (total + (try loop(next).run()[0])).evaluatedCopy()
      done += next
    }
    return (total / Double(done)).evaluatedCopy()
  }

  private func loop(_ length: Int) -> CompiledStep {
    if let known = loops[length] { return known }
    let (machine, states, clamp) = (machine, states, clamp)
    let loop = CompiledStep(seed: seed &+ loops.count &* 7919) { step in
      let energy = machine.energy(in: step)
      func kept(_ v: Tensor) -> Tensor {
        guard let clamp else { return v }
        return (step[clamp.isKnown] .> 0.5).select(step[clamp.values], v)
      }
      let start = step[states]
      let result = Tensor.scan([start, Tensor.zeros(start.shape)], over: [], length: length) { carry, _, t in
        let hidden = step.sampled(energy.hiddenProbabilities(carry[0]), iteration: t)
        let means = energy.visibleMeans(hidden)
        return ([kept(energy.drawn(around: means, step, iteration: t)), carry[1] + kept(means)], [])
      }
      step[states] = result.carry[0]
      return [result.carry[1]]
    }
    loops[length] = loop
    return loop
  }
}

extension RestrictedBoltzmannMachine {
  /// The data with values that are not known replaced by their expectation given the known ones.
  ///
  /// - Parameters:
  ///   - data: `[rows, visible]`; what stands where `known` is 0 is where the chains begin.
  ///   - known: 1 for what is known, 0 for what is missing, of the data's shape.
  ///   - burnIn: Sweeps before the means are taken, and `sweeps` those over which they are.
  /// Errors: those of ``GibbsSampler/init(_:start:known:seed:)``.
  public func filled(
    _ data: Tensor, known: Tensor, burnIn: Int = 50, sweeps: Int = 200, seed: Int = 0
  ) throws -> Tensor {
    let sampler = try GibbsSampler(self, start: data, known: known, seed: seed)
    if burnIn > 0 { try sampler.run(sweeps: burnIn) }
    return try sampler.means(sweeps: sweeps)
  }
}
