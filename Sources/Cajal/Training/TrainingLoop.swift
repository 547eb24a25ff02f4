// Epochs, validation, callbacks and what stops them.
import CajalCPU
import CajalTerminal
import Foundation

/// One run of `fit`. Steps run on the executor's thread; callbacks on the caller's.
final class TrainingLoop: TrainingControl {
  private let model: Model
  private let settings: TrainingSettings
  private let training: Pass
  private let validation: Pass?
  private let source: any BatchSource
  private let callbacks: [any Callback]
  private let history = History()
  private let verbose: Verbosity
  private var bar: ProgressBar?
  var stopTraining = false

  init(
    _ model: Model, _ source: any BatchSource, batchSize: Int, validation: (any BatchSource)?, classWeights: [Int: Float],
    callbacks: [any Callback], verbose: Verbosity
  ) throws {
    self.model = model
    self.source = source
    self.callbacks = callbacks
    self.verbose = verbose
    let settings = try model.settings()
    self.settings = settings
    training = Pass(model, source, settings, task: .train, batchSize: batchSize, classWeights: classWeights)
    self.validation = validation.map {
      Pass(model, $0, settings, task: .evaluate, batchSize: batchSize, classWeights: [:])
    }
  }

  func run(epochs: Range<Int>) throws -> History {
    let context = TrainingContext(control: self)
    let watchesBatches = callbacks.contains(where: \.watchesBatches)
    let all = callbacks + [history]
    for callback in all { try callback.trainBegin(context) }
    var completed = false
    defer { if !completed { bar?.cancel() } }
    for epoch in epochs where !stopTraining {
      context.epoch = epoch
      context.logs = [:]
      for callback in all { try callback.epochBegin(context) }
      try trainEpoch(context, epochs, watchesBatches)
      context.logs = settings.logs()
      try demandFinite(context, epoch)
      try validate(context)
      bar?.finish(fields: context.logs.map { ($0.name, $0.value) })
      bar = nil
      for callback in all { try callback.epochEnd(context) }
    }
    for callback in all { try callback.trainEnd(context) }
    completed = true
    return history
  }

  private func trainEpoch(_ context: TrainingContext, _ epochs: Range<Int>, _ watchesBatches: Bool) throws {
    let title = "Epoch \(context.epoch + 1)/\(epochs.upperBound)"
    bar = verbose == .progress ? ProgressBar(title: title, total: source.sampleCount) : nil
    settings.resetAccumulators()
    try training.begin(epoch: context.epoch, skipping: 0)
    var running = true
    while running {
      running = try training.run(upTo: {
        let interrupted = Interruption.isRequested
        if self.bar != nil { _ = self.training.isDue(&self.bar) }
        return watchesBatches || interrupted
      })
      context.step = Int(model.store.stepVariable.storage.withBytes { $0.load(as: Int64.self) })
      if watchesBatches, running {
        context.batch = training.batches - 1
        context.logs = settings.logs()
        for callback in callbacks where callback.watchesBatches { try callback.batchEnd(context) }
      }
      if Interruption.isRequested { stopTraining = true }
      if stopTraining { break }
    }
  }

  private func validate(_ context: TrainingContext) throws {
    guard let validation else { return }
    settings.resetAccumulators()
    try validation.begin(epoch: 0, skipping: 0)
    while try validation.run(upTo: { Interruption.isRequested }) { if Interruption.isRequested { break } }
    for entry in settings.logs() { context.logs["val_" + entry.name] = entry.value }
  }

  /// A loss that is no number ends training, unless a callback watches for it.
  private func demandFinite(_ context: TrainingContext, _ epoch: Int) throws {
    guard let loss = context.logs["loss"], !loss.isFinite, !callbacks.contains(where: { $0 is TerminateOnNaN }) else { return }
    if loss.isNaN && training.samples == 0 { return }
    if let fault = source.findFault() { throw fault }
    throw CajalError(
      .value, "fit", expected: "a finite loss", given: "it is \(loss) in epoch \(epoch + 1)",
      advice: "Lower the learning rate, clip gradients, or look for NaN and huge values in the data.")
  }

  // MARK: - TrainingControl

  var learningRate: Double {
    get { Double(settings.learningRate.scalar) }
    set { settings.learningRate.setScalar(Float(newValue)) }
  }
  var hasSchedule: Bool { settings.optimizer.hasSchedule }

  var logNames: [String] {
    let names = ["loss"] + settings.metricNames
    return names + (validation == nil ? [] : names.map { "val_" + $0 })
  }

  func direction(of metric: String) -> MetricDirection? {
    if metric == "loss" { return .lower }
    return settings.metricNames.firstIndex(of: metric).map { settings.metrics[$0].better }
  }

  func save(to path: String) throws { try model.save(to: path) }
  func saveWeights(to path: String) throws { try model.saveWeights(to: path) }

  func weights() throws -> WeightSnapshot {
    WeightSnapshot(Dictionary(uniqueKeysWithValues: model.variables.map { ($0.name, $0.value) }))
  }

  func restore(_ weights: WeightSnapshot) throws {
    for variable in model.variables { if let value = weights.values[variable.name] { variable.value = value } }
  }

  func note(_ message: String) {
    guard verbose == .progress else { return }
    if bar != nil { bar?.note(message) } else { FileDescriptorOutput.standardOutput.writeLine(message) }
  }
}
