// One step by hand: programs bound to memory, for loops of one's own and for measuring.
import CajalCPU

/// A step of training bound to tensors: `run` reads them, updates all parameters and adds to the metrics.
///
/// Example:
/// ```swift
/// let step = try model.trainingStep(x, y)
/// for _ in 0..<100 { try step.run() }
/// print(step.logs["loss"] ?? .nan)
/// ```
public final class TrainingStep {
  let model: Model
  let program: Program
  private let tensors: [Tensor]
  private let settings: TrainingSettings
  private let signature: ProgramCache.Signature
  let pointers: [UnsafeMutableRawPointer]
  var batch: Int { tensors.first?.shape[0] ?? 0 }

  init(
    _ model: Model, _ program: Program, _ signature: ProgramCache.Signature, _ tensors: [Tensor],
    _ settings: TrainingSettings
  ) {
    self.model = model
    self.program = program
    self.signature = signature
    self.tensors = tensors
    self.settings = settings
    pointers = tensors.map(\.storage.pointer)
  }

  /// Runs the step so many times.
  ///
  /// Errors: a loss that is not finite, which leaves the parameters as they were before that step; labels outside.
  public func run(times: Int = 1) throws {
    try model.lock.withLock {
      defer { program.noteChanges() }
      do {
        program.prepare(inputs: pointers, outputs: [])
        for _ in 0..<times {
          settings.setScheduledRate(model)
          try program.step()
        }
      } catch {
        throw try explained(error)
      }
    }
  }

  private func explained(_ error: any Error) throws -> any Error {
    let inputs = model.inputTypes.count
    let batch = BatchInMemory(
      types: tensors.map { TensorType(Shape(Array($0.shape.dimensions.dropFirst())), $0.dtype) }, pointers: pointers,
      inputs: inputs, targets: signature.targets.count, count: signature.batch, sample: { $0 })
    if let error = error as? CajalError { return batch.located(error) }
    guard let stop = error as? NonFiniteGuard else { return error }
    settings.lossSum.setScalar(Float(stop.value))
    return try model.explain(stop.value, subject: "training step", moment: "", signature, batch)
  }

  /// Means since the sums were last reset.
  public var logs: Logs { model.lock.withLock { settings.logs() } }

  /// Sets the sums of loss and metrics to zero.
  public func resetLogs() { model.lock.withLock { settings.resetAccumulators() } }
}

extension TrainingSettings {
  /// The step size of the coming step, where a schedule decides.
  func setScheduledRate(_ model: Model) {
    optimization.setScheduledRate(atStep: model.store.stepVariable)
  }
}

extension Model {
  /// A step of training on one batch, compiled and bound; the tensors' memory is read in place.
  public func trainingStep(_ x: Tensor, _ y: Tensor) throws -> TrainingStep { try trainingStep([x], [y]) }

  /// A step of training on one batch of several inputs or targets, compiled and bound.
  public func trainingStep(_ inputs: [Tensor], _ targets: [Tensor], sampleWeights: Tensor? = nil) throws -> TrainingStep
  {
    try lock.withLock {
      let source = try ArraySource(inputs: inputs, targets: targets, sampleWeights: sampleWeights, shuffles: false)
      try demandFit(source)
      let settings = try settings()
      let signature = ProgramCache.Signature(
        task: .train, batch: inputs[0].shape[0], targets: source.targets, hasSampleWeights: sampleWeights != nil)
      let tensors = inputs + targets + (sampleWeights.map { [$0] } ?? [])
      return TrainingStep(self, try program(signature), signature, tensors, settings)
    }
  }

  /// One update from one batch; returns loss and metrics of that batch.
  ///
  /// Errors: a loss that is not finite, which leaves the parameters as they were.
  @discardableResult
  public func trainOnBatch(_ x: Tensor, _ y: Tensor) throws -> Logs {
    let step = try trainingStep(x, y)
    step.resetLogs()
    try step.run()
    return step.logs
  }

  /// Demands that samples are what the model takes.
  func demandFit(_ source: some BatchSource) throws {
    for (index, type) in inputTypes.enumerated() {
      guard source.inputs.indices.contains(index), source.inputs[index] == type else {
        let given = source.inputs.indices.contains(index) ? "\(source.inputs[index])" : "missing"
        throw CajalError(
          .shape, "Model", expected: "input \(index) of type \(type) per sample", given: "it is \(given)",
          advice: source.inputs.indices.contains(index) && source.inputs[index].shape.count == type.shape.count
            ? source.inputs[index].dtype == type.dtype
              ? "Reshape the data to [batch] + \(type.shape)." : "Cast the data to \(type.dtype.rawValue)."
            : "")
      }
    }
    guard source.inputs.count == inputTypes.count else {
      throw CajalError(
        .argument, "Model", expected: "\(inputTypes.count) inputs", given: "there are \(source.inputs.count)")
    }
  }
}
