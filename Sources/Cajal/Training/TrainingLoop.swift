// Epochs, validation, callbacks and what stops them.
import CajalCPU
import CajalTerminal
import Foundation

/// One run of `fit`. Steps run on the executor's thread; callbacks on the caller's.
final class TrainingLoop: TrainingControl {
  let model: Model
  let settings: TrainingSettings
  let training: Pass
  private let validation: Pass?
  let source: any BatchSource
  let callbacks: [any Callback]
  private let backups: [any Callback]
  let history = History()
  private let verbose: Verbosity
  private var bar: ProgressBar?
  var stopTraining = false
  /// Where a resumed run goes on; taken by the first epoch.
  var resumption: TrainingProgress?
  /// Whether the epoch of `context` has seen all its samples.
  var isEpochOver = false
  var context: TrainingContext?

  init(
    _ model: Model, _ source: any BatchSource, batchSize: Int, validation: (any BatchSource)?,
    classWeights: [Int: Float],
    callbacks: [any Callback], verbose: Verbosity
  ) throws {
    self.model = model
    self.source = source
    // A backup is of the state that all others have left, and the first thing taken back after they have begun.
    self.callbacks = callbacks.filter { !($0 is BackupAndRestore) }
    backups = callbacks.filter { $0 is BackupAndRestore }
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
    self.context = context
    defer { self.context = nil }
    let all = callbacks + [history] + backups
    for callback in all { try callback.trainBegin(context) }
    var completed = false
    defer { if !completed { bar?.cancel() } }
    let first = max(resumption?.epoch ?? epochs.lowerBound, epochs.lowerBound)
    for epoch in first..<max(epochs.upperBound, first) where !stopTraining {
      context.epoch = epoch
      context.logs = [:]
      isEpochOver = false
      let rate = learningRate
      for callback in all { try callback.epochBegin(context) }
      if resumption?.samples ?? 0 > 0, !hasSchedule { learningRate = rate }
      try trainEpoch(context, epochs, all)
      context.logs = settings.logs()
      try demandFinite(context, epoch)
      if isEpochOver { isEpochOver = try validate(context, all) }
      if !isEpochOver { for callback in all { try callback.epochStopped(context) } }
      bar?.finish(fields: context.logs.map { ($0.name, $0.value) })
      bar = nil
      for callback in all { try callback.epochEnd(context) }
    }
    settings.optimization.takeAverages()
    for callback in all { try callback.trainEnd(context) }
    completed = true
    return history
  }

  private func trainEpoch(_ context: TrainingContext, _ epochs: Range<Int>, _ all: [any Callback]) throws {
    let watchesBatches = all.contains(where: \.watchesBatches)
    let title = "Epoch \(context.epoch + 1)/\(epochs.upperBound)"
    bar = verbose == .progress ? ProgressBar(title: title, total: source.sampleCount) : nil
    let start = resumption
    resumption = nil
    if let start, start.samples > 0 {
      try training.begin(epoch: context.epoch, skipping: start.samples, batches: start.batches)
    } else {
      settings.resetAccumulators()
      try training.begin(epoch: context.epoch, skipping: 0)
    }
    while true {
      var failure: CajalError?
      let running = try runSteps(&failure) {
        let interrupted = Interruption.isRequested
        if self.bar != nil { _ = self.training.isDue(&self.bar) }
        return watchesBatches || interrupted
      }
      context.step = model.store.step
      if watchesBatches, running {
        context.batch = training.batches - 1
        context.logs = settings.logs()
        for callback in all where callback.watchesBatches { try callback.batchEnd(context) }
      }
      if Interruption.isRequested { stopTraining = true }
      if let failure {
        note("\(failure)")
        break
      }
      guard running else {
        isEpochOver = true
        break
      }
      if stopTraining { break }
    }
  }

  /// Runs steps up to the next pause. A loss that is no number is an error, or where a callback watches for it, left to
  /// the callback: it comes back as `failure`, and the step has changed no parameter.
  private func runSteps(_ failure: inout CajalError?, upTo pause: () -> Bool) throws -> Bool {
    do {
      return try training.run(upTo: pause)
    } catch {
      guard let loss = error as? NonFiniteLoss else { throw error }
      guard callbacks.contains(where: { $0 is TerminateOnNaN }) else { throw loss.error }
      failure = loss.error
      return true
    }
  }

  /// Judges the epoch; false where somebody has asked to stop meanwhile, and the sums are then those of training.
  private func validate(_ context: TrainingContext, _ all: [any Callback]) throws -> Bool {
    guard let validation else { return true }
    for callback in all { try callback.testBegin(context) }
    let isComplete = try judge(validation, context)
    for callback in all { try callback.testEnd(context) }
    return isComplete
  }

  private func judge(_ validation: Pass, _ context: TrainingContext) throws -> Bool {
    let sums = backups.isEmpty ? [] : settings.sums()
    settings.resetAccumulators()
    try validation.begin(epoch: 0, skipping: 0)
    while try validation.run(upTo: { Interruption.isRequested }) {
      guard !Interruption.isRequested else {
        settings.restore(sums)
        stopTraining = true
        return false
      }
    }
    for entry in settings.logs() { context.logs["val_" + entry.name] = entry.value }
    return true
  }

  /// A loss that is no number ends training, unless a callback watches for it.
  private func demandFinite(_ context: TrainingContext, _ epoch: Int) throws {
    guard let loss = context.logs["loss"], !loss.isFinite, !callbacks.contains(where: { $0 is TerminateOnNaN }) else {
      return
    }
    if loss.isNaN && training.samples == 0 { return }
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
    let names = settings.logNames
    return names + (validation == nil ? [] : names.map { "val_" + $0 })
  }

  func direction(of metric: String) -> MetricDirection? {
    if metric == "loss" || settings.outputLosses.contains(where: { $0.name == metric }) { return .lower }
    let names = settings.metricNames
    let index = names.firstIndex(of: TrainingSettings.metricName(of: metric, among: names))
    return index.map { settings.metrics[$0].better }
  }

  func save(to path: String) throws { try model.save(to: path, includingTraining: true, progress: progress) }
  func saveWeights(to path: String) throws { try model.saveWeights(to: path) }

  func weights() throws -> WeightSnapshot {
    WeightSnapshot(Dictionary(uniqueKeysWithValues: model.variables.map { ($0.name, $0.value) }))
  }

  func restore(_ weights: WeightSnapshot) throws {
    for variable in model.variables { if let value = weights.values[variable.name] { variable.value = value } }
  }

  func swapAverages() throws {
    guard settings.optimization.keepsAverages else {
      throw CajalError(
        .argument, "swapAverages", expected: "an optimizer that keeps averages", given: "this one does not",
        advice: "Compile with an optimizer that has ema: WeightAverage().")
    }
    settings.optimization.swapAverages()
  }

  func note(_ message: String) {
    guard verbose == .progress else { return }
    if bar != nil { bar?.note(message) } else { FileDescriptorOutput.standardOutput.writeLine(message) }
  }
}
