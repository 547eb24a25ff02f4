// One pass over a source: batches into memory, programs over it.
import CajalCPU
import CajalTerminal

/// Runs a training or evaluation program over the batches of a source.
final class Pass {
  private let model: Model
  private let source: any BatchSource
  private let settings: TrainingSettings
  private let batchSize: Int
  private let task: ProgramCache.Signature.Task
  private let classWeights: [Int: Float]
  private let buffers: [Storage]
  private let memory: [UnsafeMutableRawPointer]
  private var iterator: (any BatchIterator)?
  private var prepared: (count: Int, program: Program)?
  /// Samples seen since `begin`, those skipped included.
  private(set) var samples = 0
  private(set) var batches = 0
  private var epoch = 0

  init(
    _ model: Model, _ source: any BatchSource, _ settings: TrainingSettings, task: ProgramCache.Signature.Task,
    batchSize: Int,
    classWeights: [Int: Float]
  ) {
    self.model = model
    self.source = source
    self.settings = settings
    self.task = task
    self.batchSize = source.sampleCount.map { min(batchSize, max($0, 1)) } ?? batchSize
    self.classWeights = classWeights
    let rows = self.batchSize
    let weights = source.hasSampleWeights ? [TensorType([], .float32)] : []
    buffers = (source.inputs + source.targets + weights).map { Storage($0.dtype, count: $0.shape.count * rows) }
    memory = buffers.map(\.pointer)
  }

  /// Begins an epoch, after samples and batches that have been seen before.
  func begin(epoch: Int, skipping: Int, batches: Int = 0) throws {
    iterator = try source.batches(epoch: epoch, seed: model.store.seed, skipping: skipping)
    samples = skipping
    prepared = nil  // what a program keeps of the weights is of the pass before
    self.batches = batches
    self.epoch = epoch
  }

  /// Runs batches until `pause` says so; false at the end of the data.
  func run(upTo pause: () -> Bool) throws -> Bool {
    guard let iterator else { return false }
    while true {
      let count = try iterator.next(into: memory, capacity: batchSize)
      guard count > 0 else {
        prepared?.program.noteChanges()
        return false
      }
      if prepared?.count != count {
        let program = try program(count)
        program.prepare(inputs: memory, outputs: [])
        prepared = (count, program)
      }
      settings.setScheduledRate(model)
      do {
        try prepared?.program.step()
      } catch {
        throw try explained(error, count)
      }
      samples += count
      batches += 1
      if pause() {
        prepared?.program.noteChanges()
        return true
      }
    }
  }

  private func program(_ count: Int) throws -> Program { try model.program(signature(count)) }

  private func signature(_ count: Int) -> ProgramCache.Signature {
    ProgramCache.Signature(
      task: task, batch: count, targets: source.targets, hasSampleWeights: source.hasSampleWeights,
      classWeights: classWeights)
  }

  /// What went wrong in a step, told of the samples as the caller knows them.
  private func explained(_ error: any Error, _ count: Int) throws -> any Error {
    let (start, epoch, seed) = (samples, epoch, model.store.seed)
    let batch = BatchInMemory(
      types: source.inputs + source.targets + (source.hasSampleWeights ? [TensorType([], .float32)] : []),
      pointers: memory, inputs: source.inputs.count, targets: source.targets.count, count: count,
      sample: { [source] in source.origin(of: start + $0, epoch: epoch, seed: seed) })
    if let error = error as? CajalError { return batch.located(error) }
    guard let stop = error as? NonFiniteGuard else { return error }
    samples += count
    batches += 1
    prepared?.program.noteChanges()
    settings.lossSum.setScalar(Float(stop.value))
    return NonFiniteLoss(
      error: try model.explain(
        stop.value, subject: "fit", moment: "in batch \(batches) of epoch \(epoch + 1)", signature(count), batch))
  }

  /// Shows how far the pass is; true where the caller should look at the loss as well.
  func isDue(_ bar: inout ProgressBar?) -> Bool {
    bar?.update(samples, fields: settings.logs().map { ($0.name, $0.value) })
    return false
  }
}
