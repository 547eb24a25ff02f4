import CajalGraph

/// Trains a restricted Boltzmann machine: one compiled step for each batch, with chains, velocities and running means kept
/// where the step reads them.
///
/// ``RestrictedBoltzmannMachine/fit(_:epochs:batchSize:by:seed:onEpoch:)`` makes one for a whole training; keep one to go
/// on with the same chains, or to feed batches of your own.
///
/// Example: `let trainer = try RestrictedTrainer(machine, .init(chains: 100)); try trainer.update(batch)`
public final class RestrictedTrainer: @unchecked Sendable {  // used by one caller at a time
  /// What `fit` knows after each epoch.
  public struct Epoch: Sendable {
    /// Counted from 1.
    public var number: Int
    /// Mean square difference between the data and its reconstruction; nil where it is not monitored.
    public var reconstructionError: Double?
    /// Seconds since `fit` began.
    public var seconds: Double
  }

  /// What is trained.
  public let machine: RestrictedBoltzmannMachine
  /// How it is trained.
  public let settings: ContrastiveDivergence
  /// The hidden states of the persistent chains, `[chains, hidden]`.
  public let chains: Variable?
  package let step: CompiledStep
  private let rate: Variable

  /// A trainer whose chains begin at random states.
  ///
  /// Errors: `.argument` for settings outside their ranges.
  public init(
    _ machine: RestrictedBoltzmannMachine, _ settings: ContrastiveDivergence = ContrastiveDivergence(), seed: Int = 0
  ) throws {
    try settings.validate()
    self.machine = machine
    self.settings = settings
    let rate = Variable("learning_rate", Tensor(Float(settings.learningRate)), role: .counter)
    self.rate = rate
    var random = RandomSource(seed: seed)
    let chains = settings.chains.map { count in
      Variable("chains", random.bernoulli([count, machine.hiddenCount], probability: 0.5), role: .chain)
    }
    self.chains = chains
    let update = RestrictedUpdate(machine: machine, settings: settings, chains: chains, rate: rate)
    step = CompiledStep(seed: seed) { update.body($0) }
  }

  /// The step size of the next update.
  public var learningRate: Double {
    get { rate.tensor.item }
    set { rate.tensor = Tensor(Float(newValue)) }
  }

  /// One update by a batch `[rows, visible]`, whose values are not checked; returns its mean square reconstruction error.
  ///
  /// - Parameter known: 1 for what is known of the batch, 0 for what is missing; nil: all is known.
  @discardableResult
  public func update(_ batch: Tensor, known: Tensor? = nil) throws -> Double? {
    let results = try step.run([batch] + (known.map { [$0] } ?? []))
    return try results.first.map { result in
      let error = result.item
      guard error.isFinite else {
        throw CajalError(
          .value, "RestrictedTrainer", expected: "finite reconstructions", given: "their error is \(error)",
          advice: "Lower the learning rate; bring data for Gaussian units to mean 0 and deviation 1.")
      }
      return error
    }
  }

  /// Trains for some epochs over rows in a new order each time.
  ///
  /// - Parameters:
  ///   - known: 1 for what is known of the data, 0 for what is missing and stays out of it all; nil: all is known.
  ///   - onEpoch: Told after each epoch; false ends the training.
  /// Errors: `.shape` and `.value` for data that does not fit the visible units; `.argument` for missing values with persistent
  /// chains, which know no rows.
  public func fit(
    _ data: Tensor, known: Tensor? = nil, epochs: Int, batchSize: Int = 100, shuffles: Bool = true, seed: Int = 0,
    onEpoch: (Epoch) throws -> Bool = { _ in true }
  ) throws {
    try machine.demand(data, in: "fit", allowsProbabilities: settings.takesProbabilities)
    try demandEpochs("RestrictedBoltzmannMachine.fit", epochs)
    let rows = try RowBatches(data, batchSize: batchSize, subject: "RestrictedBoltzmannMachine.fit")
    try demandMask("RestrictedTrainer.fit", known, data)
    if known != nil, chains != nil {
      throw CajalError(
        .argument, "RestrictedTrainer.fit", expected: "sweeps that begin at the data where values are missing",
        given: "there are persistent chains", advice: "Leave out `chains`.")
    }
    let masks = try known.map { try RowBatches($0, batchSize: batchSize, subject: "RestrictedTrainer.fit") }
    let begin = ContinuousClock.now
    let updates = max(1, epochs * rows.count)
    for epoch in 0..<epochs {
      var (error, measured) = (0.0, 0)
      let order = shuffles ? rows.order(seed: seed &+ epoch) : nil
      try rows.forEach(order) { number, batch in
        if Interruption.isRequested { return }
        if let end = settings.finalRate {
          let done = Double(epoch * rows.count + number) / Double(updates)
          learningRate = settings.learningRate + (end - settings.learningRate) * done
        }
        if let one = try update(batch, known: masks?.batch(number, order)) {
          error += one
          measured += 1
        }
      }
      if Interruption.isRequested { return }
      let seconds = begin.duration(to: .now) / .seconds(1)
      let report = Epoch(
        number: epoch + 1, reconstructionError: measured > 0 ? error / Double(measured) : nil, seconds: seconds)
      guard try onEpoch(report) else { return }
    }
  }
}

extension RestrictedBoltzmannMachine {
  /// Trains the machine on rows of data.
  ///
  /// - Parameters:
  ///   - data: `[rows, visible]`: 0 and 1 for Bernoulli units, real numbers of mean 0 and deviation 1 for Gaussian ones.
  ///   - onEpoch: Told after each epoch; false ends the training.
  /// Errors: `.shape` and `.value` for data that does not fit the visible units, naming row and column; `.argument` for
  /// settings outside their ranges.
  public func fit(
    _ data: Tensor, epochs: Int, batchSize: Int = 100, by settings: ContrastiveDivergence = ContrastiveDivergence(),
    seed: Int = 0, onEpoch: (RestrictedTrainer.Epoch) throws -> Bool = { _ in true }
  ) throws {
    try RestrictedTrainer(self, settings, seed: seed).fit(
      data, epochs: epochs, batchSize: batchSize, seed: seed, onEpoch: onEpoch)
  }
}
