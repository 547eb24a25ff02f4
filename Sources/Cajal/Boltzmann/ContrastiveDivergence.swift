import CajalGraph

/// How a restricted Boltzmann machine learns: ascent along ⟨v hᵀ⟩ under the data minus ⟨v hᵀ⟩ under the machine, the second
/// estimated by a few Gibbs sweeps.
///
/// `steps` sweeps begin at the data (CD-k), or, with `chains`, at samples that go on from update to update (persistent
/// contrastive divergence). The step size is for the mean over a batch.
///
/// Example: `ContrastiveDivergence(steps: 1, chains: 100, learningRate: 0.05, finalRate: 0.001)`
/// Sources: Hinton 2002 (CD), Tieleman 2008 (persistent chains), Tieleman and Hinton 2009 (fast weights), Melchior, Fischer and
/// Wiskott, JMLR 17, 2016 (centres), Lee et al. 2008 (sparsity).
public struct ContrastiveDivergence: Sendable {
  /// A rate at which hidden units shall be on, and how hard they are pulled to it.
  public struct Sparsity: Sendable, Hashable {
    /// The wanted mean probability of each hidden unit.
    public var target: Double
    /// The pull, beside the likelihood's gradient.
    public var cost: Double
    /// Share of the old value in the running mean of the probabilities.
    public var decay: Double

    /// A rate and a pull to it.
    public init(target: Double, cost: Double, decay: Double = 0.95) {
      self.target = target
      self.cost = cost
      self.decay = decay
    }
  }

  /// Weights added for the chains alone, that learn quickly and decay, so that chains leave where they have been.
  public struct FastWeights: Sendable, Hashable {
    /// Their step size.
    public var learningRate: Double
    /// What is left of them after each update.
    public var decay: Double

    /// Fast weights of a step size and a decay.
    public init(learningRate: Double, decay: Double = 0.95) {
      self.learningRate = learningRate
      self.decay = decay
    }
  }

  /// Gibbs sweeps for each update.
  public var steps = 1
  /// How many chains go on from update to update; nil: sweeps begin at the data.
  public var chains: Int?
  /// The step size, for the mean over a batch.
  public var learningRate = 0.05
  /// Where the step size ends, along a straight line over all updates of `fit`; nil: it stays.
  public var finalRate: Double?
  /// The share of the last update that goes on in the next one.
  public var momentum = 0.0
  /// A share of the weights that each update takes away, times the step size.
  public var weightDecay = 0.0
  /// A rate for the hidden units; nil: none.
  public var sparsity: Sparsity?
  /// Weights for the chains alone; nil: none.
  public var fastWeights: FastWeights?
  /// Whether the gradient is taken for units less their running means, which points better where units are mostly on or
  /// mostly off; the machine is the same.
  public var isCentred = false
  /// Whether Bernoulli data may lie between 0 and 1, and is then used as it is, as scikit-learn does.
  public var takesProbabilities = false
  /// Whether `fit` says how well the data is reconstructed: one more sum over each batch.
  public var isMonitored = true

  /// Settings whose ranges are checked where they are used.
  public init(
    steps: Int = 1, chains: Int? = nil, learningRate: Double = 0.05, finalRate: Double? = nil, momentum: Double = 0,
    weightDecay: Double = 0, sparsity: Sparsity? = nil, fastWeights: FastWeights? = nil, isCentred: Bool = false,
    takesProbabilities: Bool = false
  ) {
    self.steps = steps
    self.chains = chains
    self.learningRate = learningRate
    self.finalRate = finalRate
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.sparsity = sparsity
    self.fastWeights = fastWeights
    self.isCentred = isCentred
    self.takesProbabilities = takesProbabilities
  }

  /// Errors: `.argument` naming the first setting outside its range.
  func validate() throws {
    func demand(_ isRight: Bool, _ expected: String, _ given: String) throws {
      if isRight { return }
      throw CajalError(.argument, "ContrastiveDivergence", expected: expected, given: given)
    }
    try demand(steps >= 1 && steps <= 100_000, "1 to 100,000 steps", "there are \(steps)")
    try demand((chains ?? 1) >= 1, "1 chain at least, or nil", "there are \(chains ?? 0)")
    for rate in [learningRate, finalRate ?? 0] {
      try demand(rate.isFinite && rate >= 0, "a step size of 0 or more", "it is \(rate)")
    }
    try demand(momentum >= 0 && momentum < 1, "a momentum in 0 ..< 1", "it is \(momentum)")
    try demand(weightDecay.isFinite && weightDecay >= 0, "a weight decay of 0 or more", "it is \(weightDecay)")
    if let sparsity {
      try demand(
        sparsity.target > 0 && sparsity.target < 1, "a target rate between 0 and 1", "it is \(sparsity.target)")
      try demand(sparsity.cost.isFinite && sparsity.cost >= 0, "a cost of 0 or more", "it is \(sparsity.cost)")
      try demand((0..<1).contains(sparsity.decay), "a decay in 0 ..< 1", "it is \(sparsity.decay)")
    }
    if let fastWeights {
      try demand(chains != nil, "chains for the fast weights", "sweeps begin at the data")
      try demand(
        fastWeights.learningRate.isFinite && fastWeights.learningRate >= 0 && (0..<1).contains(fastWeights.decay),
        "a fast step size of 0 or more and a decay in 0 ..< 1",
        "they are \(fastWeights.learningRate) and \(fastWeights.decay)")
    }
  }
}
