// From an architecture to the programs that train and judge it.
import CajalCPU
import CajalCompiler

extension Model {
  /// Sets how the model is trained and judged. Programs are compiled when the first batch comes.
  ///
  /// - Parameters:
  ///   - optimizer: The rule for new parameters.
  ///   - loss: What is made small: one for all outputs, see `losses:` for one each.
  ///   - metrics: What people want to know, of the first output.
  public func compile(optimizer: any Optimizer, loss: any Loss, metrics: [any Metric] = []) {
    compile(optimizer: optimizer, losses: outputTypes.map { _ in loss }, metrics: metrics)
  }

  /// As `compile`, with a loss for each output and their weights in the sum; metrics are of the first output.
  public func compile(
    optimizer: any Optimizer, losses: [any Loss], lossWeights: [Float]? = nil, metrics: [any Metric] = []
  ) {
    compile(optimizer, losses, lossWeights, metrics.map { ($0, nil) })
  }

  /// As `compile`, with losses and metrics for each output, in the order of the outputs.
  ///
  /// Logs of several outputs have the names of ``outputNames`` in front: `digit_loss`, `digit_accuracy`.
  public func compile(
    optimizer: any Optimizer, losses: [any Loss], lossWeights: [Float]? = nil, metricsByOutput: [[any Metric]]
  ) {
    assertUse(
      metricsByOutput.count == outputTypes.count,
      "Model: expected metrics for \(outputTypes.count) outputs, but there are \(metricsByOutput.count) lists.")
    let metrics = metricsByOutput.enumerated().flatMap { output, own in own.map { ($0, Optional(output)) } }
    compile(optimizer, losses, lossWeights, metrics)
  }

  /// As `compile`, with losses, weights and metrics by the names of the outputs.
  ///
  /// Errors: `.missing` for a name that is no output, or an output without a loss.
  /// Example: `try model.compile(optimizer: .adam(), losses: ["digit": .categoricalCrossentropy, "box": .huber])`
  public func compile(
    optimizer: any Optimizer, losses: [String: any Loss], lossWeights: [String: Float] = [:],
    metrics: [String: [any Metric]] = [:]
  ) throws {
    for name in losses.keys.sorted() + lossWeights.keys.sorted() + metrics.keys.sorted() {
      guard !outputNames.contains(name) else { continue }
      throw CajalError(
        .missing, "Model", expected: "the name of an output", given: "it is '\(name)'",
        advice: "Outputs are \(outputNames.joined(separator: ", ")).")
    }
    let own = try outputNames.map { name -> any Loss in
      guard let loss = losses[name] else {
        throw CajalError(.missing, "Model", expected: "a loss for the output '\(name)'", given: "there is none")
      }
      return loss
    }
    compile(
      optimizer: optimizer, losses: own, lossWeights: outputNames.map { lossWeights[$0] ?? 1 },
      metricsByOutput: outputNames.map { metrics[$0] ?? [] })
  }

  /// - Parameter metrics: With the output each looks at; nil for the first one, under the metric's own name.
  func compile(
    _ optimizer: any Optimizer, _ losses: [any Loss], _ lossWeights: [Float]?,
    _ metrics: [(metric: any Metric, output: Int?)]
  ) {
    assertUse(
      losses.count == outputTypes.count,
      "Model: expected \(outputTypes.count) losses, one for each output, but there are \(losses.count).")
    lock.withLock {
      training = TrainingSettings(
        optimizer: optimizer, losses: losses, lossWeights: lossWeights ?? losses.map { _ in 1 }, metrics: metrics,
        outputNames: outputNames)
      programs.removeAll()
    }
  }

  func settings() throws -> TrainingSettings {
    guard let training else {
      throw CajalError(
        .argument, "Model", expected: "compile before training or evaluation", given: "the model is not compiled",
        advice: "Call model.compile(optimizer:loss:metrics:) first.")
    }
    return training
  }

  // MARK: - Programs

  /// The program of one signature, compiled if it is new.
  func program(_ signature: ProgramCache.Signature) throws -> Program {
    try programs.program(signature) {
      switch signature.task {
      case .predict:
        let (trace, inputs, outputs) = try trace(.inference, batch: signature.batch)
        return try withExtendedLifetime(trace) {
          try Program(
            Request(inputs: inputs, outputs: outputs, updates: trace.carriedUpdates), arena: arena,
            settings: passSettings)
        }
      case .evaluate, .train: return try stepProgram(signature, settings())
      }
    }
  }

  /// A step up to its loss.
  struct LossGraph {
    var trace: ModelTrace
    /// What the step is given: inputs, targets, sample weights.
    var given: [Tensor]
    var targets: [Tensor]
    var outputs: [Tensor]
    var weights: Tensor?
    var loss: Tensor
    /// Each output's loss, without its weight in the sum.
    var parts: [Tensor]
  }

  func lossGraph(_ signature: ProgramCache.Signature, _ settings: TrainingSettings) throws -> LossGraph {
    let (trace, inputs, outputs) = try trace(
      signature.task == .train ? .training : .inference, batch: signature.batch)
    let targets = signature.targets.enumerated().map { index, type in
      Tensor.placeholder(
        "target \(index)", TensorType(Shape([signature.batch] + type.shape.dimensions), type.dtype), trace: trace)
    }
    guard targets.count == outputs.count else {
      throw CajalError(
        .argument, "Model", expected: "targets for \(outputs.count) outputs", given: "there are \(targets.count)")
    }
    let given =
      signature.hasSampleWeights
      ? Tensor.placeholder("sample weights", TensorType([signature.batch], .float32), trace: trace) : nil
    let weights = try combine(given, classWeights(signature.classWeights, targets[0], classes: outputs[0].shape.last))

    var total: Tensor?
    var parts: [Tensor] = []
    for (index, loss) in settings.losses.enumerated() {
      let place = LossGraph.path(of: index, among: settings.losses.count)
      let perSample = try trace.descend(into: place) { try loss(target: targets[index], prediction: outputs[index]) }
      parts.append(loss.reduced(perSample, weights: weights, mask: outputs[index].mask))
      let mean = parts[index] * Double(settings.lossWeights[index])
      total = total.map { $0 + mean } ?? mean
    }
    for penalty in trace.losses { total = total.map { $0 + penalty } ?? penalty }
    guard let total else { throw CajalError(.argument, "Model", expected: "an output", given: "there is none") }
    return LossGraph(
      trace: trace, given: inputs + targets + (given.map { [$0] } ?? []), targets: targets, outputs: outputs,
      weights: weights, loss: total, parts: parts)
  }

  /// Forward, loss and metrics; when training also backward and update.
  private func stepProgram(_ signature: ProgramCache.Signature, _ settings: TrainingSettings) throws -> Program {
    let isTraining = signature.task == .train
    let graph = try lossGraph(signature, settings)
    let (trace, targets, outputs, total) = (graph.trace, graph.targets, graph.outputs, graph.loss)
    var updates: [(variable: Variable, value: Tensor)] = []
    func accumulate(_ variable: Variable, _ increment: Tensor) {
      updates.append((variable, trace.read(variable) + increment))
    }
    accumulate(settings.lossSum, total * Double(signature.batch))
    accumulate(settings.sampleCount, Tensor(Float(signature.batch)))
    for (part, own) in zip(graph.parts, settings.outputLosses) { accumulate(own.sum, part * Double(signature.batch)) }
    for (index, metric) in settings.metrics.enumerated() {
      let output = settings.metricOutputs[index]
      let scope = MetricScope(mask: outputs[output].mask) { name, increment in
        accumulate(settings.accumulator(index, name, increment.type), increment)
      }
      try metric.update(scope, target: targets[output], prediction: outputs[output], weights: graph.weights)
    }
    if isTraining {
      // A parameter that a layer has changed and training changes too gets its one update below.
      updates += trace.updates.filter { $0.variable.role != .parameter || !trace.isTrainable($0.variable.name) }
      updates += try parameterUpdates(total, trace, settings)
      updates.append((store.stepVariable, trace.step + Tensor([Int64(1)], shape: [])))
    } else {
      updates += trace.carriedUpdates
    }
    if let error = trace.errors.first { throw error }
    // The first update is the sum of the losses: a loss that is no number ends the step before parameters change.
    let request = Request(
      inputs: graph.given, outputs: [], updates: updates, isTraining: isTraining, guards: isTraining ? [.update(0)] : []
    )
    return try withExtendedLifetime(trace) { try Program(request, arena: arena, settings: passSettings) }
  }

  private func parameterUpdates(
    _ loss: Tensor, _ trace: ModelTrace, _ settings: TrainingSettings
  ) throws -> [(variable: Variable, value: Tensor)] {
    let trained = store.parameters.filter { trace.isTrainable($0.name) }.compactMap { variable in
      trace.values(of: variable).last.map {
        Optimization.Entry(
          variable: variable, slotPrefix: variable.name, tensor: $0, constraint: trace.constraint(on: variable))
      }
    }
    return try settings.optimization.updates(
      trained, gradients: settings.optimization.gradients(of: loss, with: trained.map(\.tensor), trace),
      iteration: (trace.step + Tensor([Int64(1)], shape: [])).cast(to: .float32), trace)
  }

  // MARK: - Weights of samples

  /// How much each sample counts by its class: class indices, one-hot rows, or 0 and 1 for two classes.
  private func classWeights(_ weights: [Int: Float], _ target: Tensor, classes: Int) throws -> Tensor? {
    guard !weights.isEmpty else { return nil }
    let count = max(classes, 2)
    if let outside = weights.keys.filter({ $0 < 0 || $0 >= count }).min() {
      throw CajalError(.argument, "classWeights", expected: "classes in 0..<\(count)", given: "there is \(outside)")
    }
    let table = Tensor((0..<count).map { weights[$0] ?? 1 })
    let isOneHot = target.dtype.isFloating && target.rank > 1 && target.shape.last > 1
    let labels = isOneHot ? target.argMax() : target.reshaped([target.count])
    return table.gathered(labels.dtype.isFloating ? labels.cast(to: .int32) : labels)
  }

  private func combine(_ a: Tensor?, _ b: Tensor?) throws -> Tensor? {
    guard let a else { return b }
    guard let b else { return a }
    return a * b
  }
}
