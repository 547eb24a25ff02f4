import Cajal
import CajalArguments
import CajalModels
import CajalTerminal

/// What 'cajal profile' and 'cajal program' look at: one task of one model at one batch size.
struct Subject {
  let name: String
  let model: Model
  let isTraining: Bool
  let batch: Int
  /// A step over several models, which is looked at in place of the model's.
  var step: BoundStep?
  /// What a measured run is fed with.
  private var samples = Samples.Form()

  static let positional = Positional(
    "NAME", "a directory that 'cajal train' made, a name of 'cajal models', or a workload of 'cajal bench'")

  static let options = [
    Option("--train", .none, "a step of training; else a prediction"),
    Option(
      "--batch", .integer("N", 1...1_000_000), "samples; else a workload's own, 1 in prediction, 8 in training"),
  ]

  /// - Parameter hasValues: Whether it will run: an outline of an architecture takes no memory.
  /// Errors: `.missing` for an unknown name; an argument that contradicts the name.
  init(_ arguments: Arguments, hasValues: Bool) throws {
    name = arguments.positionals[0]
    let batch = arguments.integer("--batch")
    let trains = arguments.has("--train")
    if let (workload, measures) = Workload.named(name) {
      let measure = measures.first { $0.isTraining == trains } ?? measures[0]
      if trains, !measure.isTraining {
        throw CajalError(
          .argument, name, expected: "a workload that trains", given: "it predicts only",
          advice: "Leave out --train.")
      }
      isTraining = measure.isTraining
      self.batch = workload.step == nil ? batch ?? measure.batch : measure.batch
      step = try workload.step?()
      model = try workload.model(hasValues)
      samples = workload.samples
      return
    }
    isTraining = trains
    self.batch = batch ?? (trains ? 8 : 1)
    if SavedModel.exists(name) {
      model = try SavedModel(name).model
    } else {
      model = try Self.architecture(name, hasValues: hasValues)
    }
    guard trains, model.lossesTakeLabels.isEmpty else { return }
    let losses = model.outputTypes.map { type -> any Loss in
      type.shape.last > 1 ? SparseCategoricalCrossentropy() : MeanSquaredError()
    }
    model.compile(optimizer: SGD(learningRate: 0.01, momentum: 0.9), losses: losses)
  }

  private static func architecture(_ name: String, hasValues: Bool) throws -> Model {
    let known = Architectures.all.map(\.name)
    guard let architecture = Architectures.all.first(where: { $0.name == name.lowercased() }) else {
      throw CajalError(
        .missing, name, expected: "a saved model, an architecture or a workload", given: "it is none",
        advice: "The architectures are \(known.joined(separator: ", ")); the workloads "
          + "\(Workload.all.map(\.name).joined(separator: ", "))." + didYouMean(name, in: known + Workload.names))
    }
    let inputs = [TensorType(architecture.inputShape, .float32)]
    return hasValues
      ? try Model(architecture.make(), inputs: inputs) : try Model.outline(architecture.make(), inputs: inputs)
  }

  /// The compiled program, without a run.
  func listed() throws -> Profile {
    if let step { return try step.step.profile(step.inputs) }
    guard isTraining else { return try model.profile(batchSize: batch) }
    return try model.profile(trainingStepOf: batch, targets: Samples.targetTypes(model))
  }

  /// The compiled program with the times of so many runs.
  func measured(runs: Int) throws -> Profile {
    if let step { return try step.step.profile(step.inputs, runs: runs) }
    guard isTraining else { return try model.profile(batchSize: batch, runs: runs) }
    let inputs = Samples.inputs(model, batch: batch, samples)
    return try model.trainingStep(inputs, Samples.targets(model, batch: batch, samples)).profile(runs: runs)
  }
}
