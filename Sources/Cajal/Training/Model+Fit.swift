// The training loop: epochs of steps, validation, callbacks, progress.
import CajalCPU
import CajalTerminal

/// What `fit` shows while it runs.
public enum Verbosity: Sendable {
  /// Nothing.
  case silent
  /// A live line for each epoch in a terminal, one plain line elsewhere.
  case progress
}

extension Model {
  /// Trains on tensors in memory.
  ///
  /// - Parameters:
  ///   - x: Samples along the first axis.
  ///   - y: As many targets.
  ///   - epochs: Passes over the data.
  ///   - batchSize: Samples of one update; the last batch may be shorter.
  ///   - validationData: Data to judge each epoch by.
  ///   - validationSplit: Instead, this fraction from the end of the data, before shuffling.
  ///   - shuffle: A new order each epoch, fixed by the model's seed.
  ///   - sampleWeights: How much each sample counts, [samples].
  ///   - classWeights: How much each class counts, by its index.
  ///   - callbacks: Watchers, called in order.
  ///   - initialEpoch: Where the numbering starts, for resumed runs.
  ///   - verbose: What is shown.
  /// Returns the logs of all epochs.
  /// Errors: data that does not fit the model, a loss that is no longer a number, what a callback throws.
  @discardableResult
  public func fit(
    _ x: Tensor, _ y: Tensor, epochs: Int = 1, batchSize: Int = 32, validationData: (Tensor, Tensor)? = nil,
    validationSplit: Double = 0, shuffle: Bool = true, sampleWeights: Tensor? = nil, classWeights: [Int: Float] = [:],
    callbacks: [any Callback] = [], initialEpoch: Int = 0, verbose: Verbosity = .progress
  ) throws -> History {
    var source = try ArraySource(inputs: [x], targets: [y], sampleWeights: sampleWeights, shuffles: shuffle)
    try source.demandFinite()
    var validation: ArraySource?
    if let (vx, vy) = validationData {
      validation = try ArraySource(inputs: [vx], targets: [vy], shuffles: false)
    } else if validationSplit != 0 {
      (source, validation) = try source.split(validation: validationSplit)
    }
    return try fit(
      source, epochs: epochs, batchSize: batchSize, validationData: validation, classWeights: classWeights,
      callbacks: callbacks,
      initialEpoch: initialEpoch, verbose: verbose)
  }

  /// Trains on tensors in memory, of several inputs or outputs.
  @discardableResult
  public func fit(
    _ inputs: [Tensor], _ targets: [Tensor], epochs: Int = 1, batchSize: Int = 32,
    validationData: ([Tensor], [Tensor])? = nil, validationSplit: Double = 0, shuffle: Bool = true,
    sampleWeights: Tensor? = nil, callbacks: [any Callback] = [], initialEpoch: Int = 0, verbose: Verbosity = .progress
  ) throws -> History {
    var source = try ArraySource(inputs: inputs, targets: targets, sampleWeights: sampleWeights, shuffles: shuffle)
    try source.demandFinite()
    var validation = try validationData.map { try ArraySource(inputs: $0.0, targets: $0.1, shuffles: false) }
    if validation == nil, validationSplit != 0 {
      (source, validation) = try source.split(validation: validationSplit)
    }
    return try fit(
      source, epochs: epochs, batchSize: batchSize, validationData: validation, callbacks: callbacks,
      initialEpoch: initialEpoch, verbose: verbose)
  }

  /// Trains on samples from anywhere.
  @discardableResult
  public func fit(
    _ source: any BatchSource, epochs: Int = 1, batchSize: Int = 32, validationData: (any BatchSource)? = nil,
    classWeights: [Int: Float] = [:], callbacks: [any Callback] = [], initialEpoch: Int = 0,
    verbose: Verbosity = .progress
  ) throws -> History {
    guard batchSize > 0, epochs >= 0 else {
      throw CajalError(
        .argument, "fit", expected: "a positive batch size and no negative epochs",
        given: "they are \(batchSize) and \(epochs)")
    }
    return try lock.withLock {
      try demandFit(source)
      if let validationData { try demandFit(validationData) }
      let loop = try TrainingLoop(
        self, source, batchSize: batchSize, validation: validationData, classWeights: classWeights,
        callbacks: callbacks, verbose: verbose)
      return try loop.run(epochs: initialEpoch..<max(epochs, initialEpoch))
    }
  }

  /// Loss and metrics on tensors in memory.
  @discardableResult
  public func evaluate(_ x: Tensor, _ y: Tensor, batchSize: Int = 32, verbose: Verbosity = .silent) throws -> Logs {
    try evaluate(ArraySource(inputs: [x], targets: [y], shuffles: false), batchSize: batchSize, verbose: verbose)
  }

  /// Loss and metrics on tensors in memory, of several inputs or outputs.
  @discardableResult
  public func evaluate(
    _ inputs: [Tensor], _ targets: [Tensor], batchSize: Int = 32, verbose: Verbosity = .silent
  ) throws -> Logs {
    try evaluate(ArraySource(inputs: inputs, targets: targets, shuffles: false), batchSize: batchSize, verbose: verbose)
  }

  /// Loss and metrics on samples from anywhere.
  @discardableResult
  public func evaluate(_ source: any BatchSource, batchSize: Int = 32, verbose: Verbosity = .silent) throws -> Logs {
    try lock.withLock {
      try demandFit(source)
      let settings = try settings()
      let pass = Pass(self, source, settings, task: .evaluate, batchSize: batchSize, classWeights: [:])
      var bar = verbose == .progress ? ProgressBar(title: "Evaluate", total: source.sampleCount) : nil
      settings.resetAccumulators()
      try pass.begin(epoch: 0, skipping: 0)
      while try pass.run(upTo: { pass.isDue(&bar) }) {}
      let logs = settings.logs()
      bar?.finish(fields: logs.map { ($0.name, $0.value) })
      return logs
    }
  }
}
