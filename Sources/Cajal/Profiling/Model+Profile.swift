import CajalCPU
import CajalGraph

extension TrainingStep {
  /// The compiled step: kernels, shapes, layouts, bytes, flops; with `runs`, the time of each and the machine's limits.
  ///
  /// Measuring runs the step so many times and three more: parameters change as in training.
  public func profile(runs: Int = 0) throws -> Profile {
    let machine = runs > 0 ? try MachineLimits.measured() : nil
    return try model.lock.withLock {
      if runs > 0 { try run(times: 3) }
      let report = try program.report(runs: runs)
      if runs > 0 { program.noteChanges() }
      return Profile(report, title: "training step of \(batch)", machine: machine)
    }
  }
}

extension Model {
  /// The compiled prediction of one batch: kernels, shapes, layouts, bytes, flops; with `runs`, the time of each and the
  /// machine's limits.
  public func profile(batchSize: Int = 1, runs: Int = 0) throws -> Profile {
    let machine = runs > 0 ? try MachineLimits.measured() : nil
    return try lock.withLock {
      let program = try program(ProgramCache.Signature(task: .predict, batch: batchSize))
      let title = "prediction of \(batchSize)"
      guard runs > 0 else { return Profile(try program.report(), title: title, machine: nil) }
      let inputs = inputTypes.map { Storage($0.dtype, count: $0.shape.count * batchSize) }
      for input in inputs { input.withMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) } }
      let outputs = outputTypes.map { Storage($0.dtype, count: $0.shape.count * batchSize) }
      return try withExtendedLifetime((inputs, outputs)) {
        program.prepare(inputs: inputs.map(\.pointer), outputs: outputs.map(\.pointer))
        for _ in 0..<3 { try program.step() }
        return Profile(try program.report(runs: runs), title: title, machine: machine)
      }
    }
  }

  /// For each output whether its loss takes labels, numbers of classes, and not arrays like the output; empty before `compile`.
  package var lossesTakeLabels: [Bool] {
    lock.withLock { training.map { $0.losses.map { $0 is SparseCategoricalCrossentropy } } ?? [] }
  }

  /// The compiled step of training on one batch, listed without a run: what `TrainingStep.profile` shows, for a model that
  /// may have no values (`Model.outline`).
  ///
  /// - Parameters:
  ///   - batchSize: Samples of a step.
  ///   - targets: Types of one sample of each target.
  /// Errors: `.argument` if the model is not compiled; what does not fit in the loss.
  public func profile(trainingStepOf batchSize: Int, targets: [TensorType]) throws -> Profile {
    try lock.withLock {
      let signature = ProgramCache.Signature(task: .train, batch: batchSize, targets: targets)
      return Profile(try program(signature).report(), title: "training step of \(batchSize)", machine: nil)
    }
  }
}
