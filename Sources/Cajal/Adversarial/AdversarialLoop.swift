// Epochs of alternating steps, and what callbacks may do to them.
import CajalGraph
import CajalTerminal

/// One run of `GAN.fit`.
final class AdversarialLoop: TrainingControl {
  private let gan: GAN
  private let source: any BatchSource
  private let batchSize: Int
  private let callbacks: [any Callback]
  private let history = History()
  private let verbose: Verbosity
  private var bar: ProgressBar?
  private let buffers: [Storage]
  private let real: RealSamples
  /// Says how large the generator's batch is where there are no labels to tell it.
  private let size: Tensor
  private var means = Means()
  var stopTraining = false

  init(
    _ gan: GAN, _ source: any BatchSource, _ real: RealSamples, batchSize: Int, callbacks: [any Callback],
    verbose: Verbosity
  ) {
    self.gan = gan
    self.source = source
    self.real = real
    self.batchSize = batchSize
    size = Tensor([Int32](repeating: 0, count: batchSize), shape: [batchSize])
    self.callbacks = callbacks
    self.verbose = verbose
    let types = source.inputs + source.targets + (source.hasSampleWeights ? [TensorType([], .float32)] : [])
    buffers = types.map { Storage($0.dtype, count: $0.shape.count * batchSize) }
  }

  func run(epochs: Range<Int>) throws -> History {
    let context = TrainingContext(control: self)
    let all = callbacks + [history]
    for callback in all { try callback.trainBegin(context) }
    var completed = false
    defer { if !completed { bar?.cancel() } }
    for epoch in epochs where !stopTraining {
      context.epoch = epoch
      context.logs = [:]
      for callback in all { try callback.epochBegin(context) }
      let title = "Epoch \(epoch + 1)/\(epochs.upperBound)"
      bar = verbose == .progress ? ProgressBar(title: title, total: source.sampleCount) : nil
      try train(context, all)
      context.logs = means.logs
      if let diversity = try gan.diversity(against: real.spread) { context.logs["diversity"] = diversity }
      bar?.finish(fields: context.logs.map { ($0.name, $0.value) })
      bar = nil
      for callback in all { try callback.epochEnd(context) }
    }
    gan.generatorTrainer.takeAverages()
    gan.discriminatorTrainer.takeAverages()
    for callback in all { try callback.trainEnd(context) }
    completed = true
    return history
  }

  private func train(_ context: TrainingContext, _ all: [any Callback]) throws {
    let watchers = all.filter(\.watchesBatches)
    let iterator = try source.batches(epoch: context.epoch, seed: gan.seed, skipping: 0)
    let memory = buffers.map(\.pointer)
    means = Means()
    var (batch, samples) = (0, 0)
    while !stopTraining {
      let count = try iterator.next(into: memory, capacity: batchSize)
      guard count == batchSize else { break }
      samples += count
      try step(batch, epoch: context.epoch)
      batch += 1
      context.step += 1
      bar?.update(samples, fields: means.logs.map { ($0.name, $0.value) })
      if !watchers.isEmpty {
        context.batch = batch - 1
        context.logs = means.logs
        for callback in watchers { try callback.batchEnd(context) }
      }
      if Interruption.isRequested { stopTraining = true }
    }
  }

  /// One step of the discriminator, and where its turn has come one of the generator.
  private func step(_ batch: Int, epoch: Int) throws {
    func run(_ step: CompiledStep, _ who: String, _ inputs: [Tensor]) throws -> [Double] {
      do {
        return try step.run(inputs).map(\.item)
      } catch {
        guard var error = error as? CajalError else { throw error }
        if error.kind == .value {
          error.subject = "GAN, \(who) in batch \(batch + 1) of epoch \(epoch + 1)"
        }
        throw error
      }
    }
    func tensor(_ place: Int, _ type: TensorType) throws -> Tensor {
      try Tensor(buffers[place], shape: Shape([batchSize] + type.shape.dimensions))
    }
    do {
      let labels = gan.classes == nil ? [] : [try tensor(1, source.targets[0])]
      let judged = try run(gan.discriminatorStep, "discriminator", [try tensor(0, source.inputs[0])] + labels)
      means.add("discriminator_loss", judged[0])
      means.add("real_score", judged[1])
      means.add("fake_score", judged[2])
      if judged.count > 3 { means.add("gradient_penalty", judged[3]) }
      if (batch + 1) % gan.discriminatorSteps == 0 {
        means.add("generator_loss", try run(gan.generatorStep, "generator", labels.isEmpty ? [size] : labels)[0])
      }
    } catch {
      // What was trained stays, and the callback has asked for an end without an error.
      guard (error as? CajalError)?.kind == .value, callbacks.contains(where: { $0 is TerminateOnNaN }) else {
        throw error
      }
      stopTraining = true
      note("\(error)")
    }
  }

  // MARK: - TrainingControl

  /// The generator's step size; setting it changes the discriminator's by the same factor.
  var learningRate: Double {
    get { gan.generatorTrainer.learningRate }
    set {
      let old = gan.generatorTrainer.learningRate
      gan.generatorTrainer.learningRate = newValue
      gan.discriminatorTrainer.learningRate *= old > 0 ? newValue / old : 1
    }
  }
  var hasSchedule: Bool {
    [gan.generatorTrainer, gan.discriminatorTrainer].contains { $0.optimization.optimizer.hasSchedule }
  }
  var logNames: [String] {
    ["discriminator_loss", "real_score", "fake_score"] + (gan.loss.penalty == nil ? [] : ["gradient_penalty"])
      + ["generator_loss", "diversity"]
  }

  func direction(of metric: String) -> MetricDirection? { metric == "diversity" ? .higher : nil }
  func save(to path: String) throws { try gan.save(to: path) }

  func saveWeights(to path: String) throws { try gan.generator.saveWeights(to: path) }

  private var variables: [(name: String, variable: Variable)] {
    gan.generator.variables.map { ("generator/\($0.name)", $0) }
      + gan.discriminator.variables.map { ("discriminator/\($0.name)", $0) }
  }

  func weights() throws -> WeightSnapshot {
    WeightSnapshot(Dictionary(uniqueKeysWithValues: variables.map { ($0.name, $0.variable.value) }))
  }

  func restore(_ weights: WeightSnapshot) throws {
    for (name, variable) in variables { if let value = weights.values[name] { variable.value = value } }
  }

  func swapAverages() throws {
    guard gan.generatorTrainer.optimization.keepsAverages else {
      throw CajalError(
        .argument, "swapAverages", expected: "a generator's optimizer that keeps averages",
        given: "this one does not", advice: "Give it ema: WeightAverage().")
    }
    gan.generatorTrainer.swapAverages()
  }

  func note(_ message: String) {
    guard verbose == .progress else { return }
    if bar != nil { bar?.note(message) } else { FileDescriptorOutput.standardOutput.writeLine(message) }
  }
}

/// Means of numbers over an epoch.
private struct Means {
  private var names: [String] = []
  private var sums: [Double] = []
  private var counts: [Double] = []

  mutating func add(_ name: String, _ value: Double) {
    let place = names.firstIndex(of: name) ?? names.count
    if place == names.count {
      names.append(name)
      sums.append(0)
      counts.append(0)
    }
    sums[place] += value
    counts[place] += 1
  }

  var logs: Logs {
    var logs = Logs()
    for (place, name) in names.enumerated() { logs[name] = sums[place] / counts[place] }
    return logs
  }
}
