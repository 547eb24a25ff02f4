// Training of a GAN: epochs of alternating steps, with callbacks, progress and history as in `fit` of a model.
import CajalGraph

extension GAN {
  /// Trains on samples in memory.
  ///
  /// - Parameters:
  ///   - samples: Real samples along the first axis.
  ///   - labels: The class of each, `int32[samples]`, for conditional models.
  ///   - epochs: Passes over the samples.
  ///   - batchSize: Samples of one step; what is left at the end of an epoch waits for another order.
  ///   - shuffle: A new order each epoch, fixed by the seed.
  ///   - callbacks: Watchers, called in order. Logs have `discriminator_loss`, `generator_loss`, `real_score`, `fake_score`,
  ///     with Wasserstein's loss `gradient_penalty`, and `diversity`, see ``CollapseDetection``.
  ///   - initialEpoch: Where the numbering starts.
  ///   - verbose: What is shown.
  /// Returns the logs of all epochs.
  /// Errors: samples outside `range`, labels outside the classes, a class without samples, samples that do not fit the
  /// models; a loss that is no longer a number, which leaves the parameters as they were before that step.
  @discardableResult
  public func fit(
    _ samples: Tensor, _ labels: Tensor? = nil, epochs: Int = 1, batchSize: Int = 64, shuffle: Bool = true,
    callbacks: [any Callback] = [], initialEpoch: Int = 0, verbose: Verbosity = .progress
  ) throws -> History {
    let source = try ArraySource(inputs: [samples], targets: labels.map { [$0] } ?? [], shuffles: shuffle)
    return try fit(
      source, epochs: epochs, batchSize: batchSize, callbacks: callbacks, initialEpoch: initialEpoch, verbose: verbose)
  }

  /// Trains on samples from anywhere: one input, and for conditional models the labels as target.
  ///
  /// All samples are read once before, so that what does not fit is told before anything is trained.
  @discardableResult
  public func fit(
    _ source: any BatchSource, epochs: Int = 1, batchSize: Int = 64, callbacks: [any Callback] = [],
    initialEpoch: Int = 0, verbose: Verbosity = .progress
  ) throws -> History {
    let real = try inspected(source, epochs: epochs, batchSize: batchSize, initialEpoch: initialEpoch)
    let watches = callbacks.contains { $0 is CollapseDetection }
    let loop = AdversarialLoop(
      self, source, real, batchSize: batchSize, callbacks: callbacks + (watches ? [] : [CollapseDetection()]),
      verbose: verbose)
    return try loop.run(epochs: initialEpoch..<max(epochs, initialEpoch))
  }

  /// Looks at all samples as `fit` does, for those who have something else to do before it.
  ///
  /// Errors: those of ``fit(_:epochs:batchSize:callbacks:initialEpoch:verbose:)`` that are known before the first step.
  package func demand(_ source: any BatchSource, epochs: Int, batchSize: Int) throws {
    _ = try inspected(source, epochs: epochs, batchSize: batchSize)
  }

  private func inspected(
    _ source: any BatchSource, epochs: Int, batchSize: Int, initialEpoch: Int = 0
  ) throws -> RealSamples {
    try demandFit(source, epochs: epochs, batchSize: batchSize)
    return try RealSamples(of: source, for: self, epoch: initialEpoch)
  }

  private func demandFit(_ source: any BatchSource, epochs: Int, batchSize: Int) throws {
    guard batchSize > 1, epochs >= 0 else {
      throw CajalError(
        .argument, "GAN.fit", expected: "a batch size of at least 2 and no negative epochs",
        given: "they are \(batchSize) and \(epochs)")
    }
    guard source.inputs == [discriminator.inputTypes[0]] else {
      throw CajalError(
        .shape, "GAN.fit", expected: "samples of type \(discriminator.inputTypes[0])",
        given: "they are \(source.inputs.map(\.description).joined(separator: ", "))",
        advice: "The discriminator's input decides; reshape or cast the samples.")
    }
    let labels = TensorType([], .int32)
    guard classes == nil || source.targets == [labels] else {
      throw CajalError(
        .shape, "GAN.fit", expected: "a label int32[] for each sample",
        given: source.targets.isEmpty
          ? "there are none" : "they are \(source.targets.map(\.description).joined(separator: ", "))")
    }
    if let count = source.sampleCount, count < batchSize * discriminatorSteps {
      throw CajalError(
        .argument, "GAN.fit",
        expected: "\(batchSize * discriminatorSteps) samples or more: \(discriminatorSteps) batches of \(batchSize)",
        given: "there are \(count)", advice: "Take a smaller batchSize.")
    }
  }
}
