// Training written by hand: any computation over models and variables, compiled as one program.
import CajalCPU
import CajalCompiler
import CajalGraph

/// What a step is written with: its inputs, the values of variables, randomness, and updates by optimizers.
public struct Step {
  let trace: ModelTrace
  let body: Body
  /// The tensors that `run` is given.
  public let inputs: [Tensor]

  /// What the step has besides results.
  final class Body {
    var losses: [Tensor] = []
    var trainers: [Trainer] = []
  }

  /// The value of a variable at this point of the step; setting it changes what is read later and what the step leaves.
  public subscript(variable: Variable) -> Tensor {
    get { trace.read(variable) }
    nonmutating set { trace.set(variable, to: newValue) }
  }

  /// One update that makes a scalar smaller. A loss that is not finite is an error of `run`.
  ///
  /// What is computed later in the step sees the new values, and its gradient goes through the update too: say
  /// `stoppingGradient()` of what went into the loss, or make it another step, where that is not meant.
  public func minimize(_ loss: Tensor, by trainer: Trainer) {
    body.losses.append(loss)
    let gradients = gradients(of: loss, for: trainer) { trainer.optimization.gradients(of: loss, with: $0, trace) }
    update(by: trainer, gradients: gradients)
  }

  /// The gradient of a scalar for each of a trainer's parameters, in the order of `trainer.parameters`.
  public func gradients(of loss: Tensor, for trainer: Trainer) -> [Tensor] {
    gradients(of: loss, for: trainer) { gradient(of: loss, with: $0) }
  }

  private func gradients(
    of loss: Tensor, for trainer: Trainer, _ derive: (_ parameters: [Tensor]) -> [Tensor]
  ) -> [Tensor] {
    let reached = Set(Node.topologicalOrder([loss]).map(ObjectIdentifier.init))
    let values = trainer.parameters.map { variable in
      // The latest value that the loss was made from: the parameter may have been updated since.
      trace.values(of: variable).last { reached.contains(ObjectIdentifier($0.node)) } ?? trace.read(variable)
    }
    if !loss.shape.isPoisoned, !values.contains(where: { reached.contains(ObjectIdentifier($0.node)) }) {
      trace.note(
        CajalError(
          .argument, "Step", expected: "a loss that depends on the trainer's parameters", given: "it depends on none",
          advice: "Check which trainer belongs to which loss, and what is frozen."))
    }
    return derive(values)
  }

  /// One update from gradients in the order of `trainer.parameters`.
  public func update(by trainer: Trainer, gradients: [Tensor]) {
    let parameters = trainer.parameters
    guard gradients.count == parameters.count else {
      trace.note(
        CajalError(
          .argument, "Step", expected: "\(parameters.count) gradients, one for each parameter",
          given: "there are \(gradients.count)"))
      return
    }
    if !body.trainers.contains(where: { $0 === trainer }) { body.trainers.append(trainer) }
    let next = trace.read(trainer.iteration) + Tensor([Int64(1)], shape: [])
    let entries = parameters.map {
      Optimization.Entry(
        variable: $0, slotPrefix: trainer.slotPrefix($0), tensor: trace.read($0), constraint: trace.constraint(on: $0))
    }
    do {
      let updates = try trainer.optimization.updates(
        entries, gradients: gradients, iteration: next.cast(to: .float32), trace)
      for (variable, value) in updates { trace.set(variable, to: value) }
      trace.set(trainer.iteration, to: next)
    } catch {
      _ = Tensor.misfit(error, trace: trace)
    }
  }

  /// What the layer at a path (`c3`, `encoder/dense`) gave when it was last called in this step.
  public func activation(at path: String) -> Tensor {
    if let call = trace.calls.last(where: { $0.path == path }), let output = call.outputs.first { return output }
    let known = trace.calls.map(\.path)
    let error = CajalError(
      .missing, "Step", expected: "the path of a layer called before", given: "it is '\(path)'",
      advice: "Layers are \(known.prefix(8).joined(separator: ", "))\(known.count > 8 ? ", …" : "").")
    return Tensor.misfit(error, trace: trace)
  }

  /// What layers called so far add to the loss (regularizers, activity penalties); it is not added by itself.
  public var layerLosses: [Tensor] { trace.losses }

  /// Uniform numbers in lower ..< upper, new ones each run.
  ///
  /// - Parameter iteration: The third argument of a `Tensor.scan`'s body: the numbers are then new ones in each iteration too.
  ///   Without it a loop sees the same numbers every time round.
  public func uniform(_ shape: Shape, lower: Double = 0, upper: Double = 1, iteration: Tensor? = nil) -> Tensor {
    trace.random(.uniform, lower, upper, shape, iteration: iteration)
  }

  /// Normal numbers, new ones each run, and in each iteration of a loop that is given.
  public func normal(_ shape: Shape, mean: Double = 0, deviation: Double = 1, iteration: Tensor? = nil) -> Tensor {
    trace.random(.normal, mean, deviation, shape, iteration: iteration)
  }

  /// 1 with the given probability, else 0; new ones each run, and in each iteration of a loop that is given.
  public func bernoulli(_ shape: Shape, probability: Double, iteration: Tensor? = nil) -> Tensor {
    trace.random(.bernoulli, probability, 0, shape, iteration: iteration)
  }
}

/// A step of training, or any other computation over models and variables, compiled once for each signature of inputs.
///
/// The body is traced when inputs of new shapes come; whatever changes between runs is an input, a variable, or one of
/// the step's random numbers. Steps that share variables outside of models must not run at the same time.
///
/// Example:
/// ```swift
/// let generator = try Model(…), critic = try Model(…)
/// let trainer = Trainer(.adam(learningRate: 2e-4, beta1: 0.5), for: critic)
/// let criticStep = CompiledStep { step in
///   let fake = generator(step.normal([32, 16]))
///   let loss = (critic(fake) - critic(step.inputs[0])).mean()
///   step.minimize(loss, by: trainer)
///   return [loss]
/// }
/// print(try criticStep.run([images])[0])
/// ```
public final class CompiledStep: @unchecked Sendable {  // all mutable state is reached under `lock`
  private struct Signature: Hashable {
    var inputs: [TensorType]
    var frozen: [Set<String>]
  }
  private struct Compiled {
    var program: Program
    var inputs: [TensorType]
    var outputs: [TensorType]
    var trainers: [Trainer]
    var losses: Int
  }

  private let body: @Sendable (Step) throws -> [Tensor]
  private let lock = RecursiveLock()
  private let store: VariableStore
  private let arena = Arena()
  private var models: [Model] = []
  private var programs: [Signature: Compiled] = [:]
  private static let mostPrograms = 24
  /// Which passes of the compiler run; set before the first run.
  package var passSettings = PassSettings.fromEnvironment
  /// How many programs were compiled in all.
  public private(set) var compilations = 0
  /// Seconds spent on compiling them.
  public private(set) var compileSeconds = 0.0

  /// - Parameters:
  ///   - seed: Fixes the step's random numbers.
  ///   - body: The computation; it returns what `run` gives back.
  public init(seed: Int = 0, _ body: @escaping @Sendable (Step) throws -> [Tensor]) {
    self.body = body
    store = VariableStore(seed: seed)
  }

  /// Runs once: updates the variables, and returns the body's results.
  ///
  /// Errors: misfits of the body when inputs of new shapes come; a minimized loss that is not finite. The parameters are
  /// then as they were, unless one loss depends on what another has changed.
  @discardableResult
  public func run(_ inputs: [Tensor] = []) throws -> [Tensor] {
    try lock.withLock {
      let storages = inputs.map(\.storage)
      let signature = Signature(inputs: inputs.map(\.type), frozen: models.map(\.frozen))
      let compiled = try programs[signature] ?? compile(inputs.map(\.type))
      return try locked(models[...]) { try run(compiled, storages) }
    }
  }

  /// The step compiled for these inputs: kernels, shapes, layouts, bytes, flops; with `runs`, the time of each and the
  /// machine's limits.
  ///
  /// Measuring runs the step so many times and three more: parameters change as in training.
  public func profile(_ inputs: [Tensor] = [], runs: Int = 0) throws -> Profile {
    let machine = runs > 0 ? try MachineLimits.measured() : nil
    let storages = inputs.map(\.storage)
    return try lock.withLock {
      let signature = Signature(inputs: inputs.map(\.type), frozen: models.map(\.frozen))
      let compiled = try programs[signature] ?? compile(inputs.map(\.type))
      return try locked(models[...]) {
        let results = compiled.outputs.map { Storage($0.dtype, count: $0.shape.count) }
        return try withExtendedLifetime((storages, results)) {
          if runs > 0 {
            for _ in 0..<3 { _ = try run(compiled, storages) }
            compiled.program.prepare(inputs: storages.map(\.pointer), outputs: results.map(\.pointer))
          }
          let report = try compiled.program.report(runs: runs)
          if runs > 0 { compiled.program.noteChanges() }
          return Profile(report, title: "step", machine: machine)
        }
      }
    }
  }

  private func run(_ compiled: Compiled, _ inputs: [Storage]) throws -> [Tensor] {
    let program = compiled.program
    for trainer in compiled.trainers { trainer.optimization.setScheduledRate(atStep: trainer.iteration) }
    let results = compiled.outputs.map { Storage($0.dtype, count: $0.shape.count) }
    do {
      defer { program.noteChanges() }
      try program.run(inputs, into: results)
    } catch {
      guard let stop = error as? NonFiniteGuard else { throw error }
      throw try explained(stop, compiled, inputs)
    }
    let tensors = try zip(results, compiled.outputs).map { try Tensor($0, shape: $1.shape) }
    for loss in tensors.suffix(compiled.losses) where !loss.item.isFinite {
      throw CajalError(
        .value, "CompiledStep", expected: "a finite loss", given: "it is \(loss.item)",
        advice: "Lower the learning rate, clip gradients, or look for NaN and huge values in the data.")
    }
    return tensors.dropLast(compiled.losses)
  }

  /// Runs a step that ended at a loss again, with a look at every result.
  private func explained(_ stop: NonFiniteGuard, _ compiled: Compiled, _ inputs: [Storage]) throws -> CajalError {
    let (step, _) = try traced(compiled.inputs)
    let origin = try withExtendedLifetime(step.trace) {
      try Replay(Request(inputs: step.inputs, outputs: [step.body.losses[stop.index]]))
        .origin(inputs: inputs.map(\.pointer))
    }
    let rows = compiled.inputs.map { $0.shape.dimensions.first ?? 1 }
    let batch = BatchInMemory(
      types: compiled.inputs.map { TensorType(Shape(Array($0.shape.dimensions.dropFirst())), $0.dtype) },
      pointers: inputs.map(\.pointer), inputs: inputs.count, targets: 0, count: rows.first ?? 1, sample: { _ in nil })
    return LossExplanation(
      subject: "CompiledStep", value: stop.value, moment: "", origin: origin, classes: step.trace.classNames,
      batch: batch, hasTrained: store.step > 0
    ).error
  }

  /// Holds the models, always in the same order.
  private func locked<Result>(_ rest: ArraySlice<Model>, _ work: () throws -> Result) rethrows -> Result {
    guard let model = rest.first else { return try work() }
    return try model.lock.withLock { try locked(rest.dropFirst(), work) }
  }

  /// The body's graph for inputs of these types.
  private func traced(_ types: [TensorType]) throws -> (step: Step, outputs: [Tensor]) {
    let trace = ModelTrace(mode: .training, store: store, names: LayerNames(), frozen: [], takesModels: true)
    let inputs = types.enumerated().map { Tensor.placeholder("input \($0)", $1, trace: trace) }
    let step = Step(trace: trace, body: Step.Body(), inputs: inputs)
    let outputs: [Tensor]
    do {
      outputs = try body(step)
    } catch {
      throw trace.errors.first ?? error
    }
    if let error = trace.errors.first { throw error }
    return (step, outputs)
  }

  private func compile(_ types: [TensorType]) throws -> Compiled {
    let start = ContinuousClock.now
    let (step, outputs) = try traced(types)
    let trace = step.trace
    let all = outputs + step.body.losses
    let updates = trace.updates + [(store.stepVariable, trace.step + Tensor([Int64(1)], shape: []))]
    let program = try withExtendedLifetime(trace) {
      try Program(
        Request(
          inputs: step.inputs, outputs: all, updates: updates, isTraining: true,
          guards: step.body.losses.indices.map { .output(outputs.count + $0) }), arena: arena, settings: passSettings)
    }
    models = trace.visited.sorted { ObjectIdentifier($0) < ObjectIdentifier($1) }
    program.noteTrace(since: start)
    compilations += 1
    compileSeconds += program.compileSeconds
    if programs.count >= Self.mostPrograms { programs.removeAll() }
    let compiled = Compiled(
      program: program, inputs: types, outputs: all.map(\.type), trainers: step.body.trainers,
      losses: step.body.losses.count)
    programs[Signature(inputs: types, frozen: models.map(\.frozen))] = compiled
    return compiled
  }
}

extension Model {
  /// The model's output for a symbolic tensor: of a `CompiledStep`, with the model's own weights; of another model, as a
  /// layer of it, see ``callAsFunction(_:training:)-([Tensor],_)``.
  ///
  /// - Parameter training: Whether dropout drops and moving averages move.
  public func callAsFunction(_ x: Tensor, training: Bool = true) -> Tensor {
    let outputs = callAsFunction([x], training: training)
    guard outputs.count == 1 else {
      let error = CajalError(
        .argument, "Model", expected: "a model with one output", given: "there are \(outputs.count)",
        advice: "Call the model with [x], which returns all of them.")
      return Tensor.misfit(error, trace: x.modelTrace)
    }
    return outputs[0]
  }

  /// All outputs for symbolic tensors.
  ///
  /// In a `CompiledStep` the model keeps its own weights. Inside another model it is a layer of that one, found under its
  /// name, whose weights begin as copies of this model's; called twice it is shared.
  ///
  /// - Parameter training: In a `CompiledStep`, whether dropout drops and moving averages move; else the outer model decides.
  public func callAsFunction(_ inputs: [Tensor], training: Bool = true) -> [Tensor] {
    guard let trace = inputs.lazy.compactMap(\.modelTrace).first else {
      misuse(
        "Model: expected a symbolic tensor of a CompiledStep, but this tensor has a value. Use predict(x).")
    }
    guard !inputs.contains(where: \.shape.isPoisoned) else { return poisoned(trace) }
    let given = inputs.map { TensorType(Shape(Array($0.shape.dimensions.dropFirst())), $0.dtype) }
    guard given == inputTypes, inputs.allSatisfy({ $0.rank > 0 }) else {
      let error = CajalError(
        .shape, "Model", expected: "inputs \(inputTypes.map { "\($0)" }.joined(separator: ", ")) per sample",
        given: "they are \(given.map { "\($0)" }.joined(separator: ", "))")
      trace.note(error)
      return poisoned(trace)
    }
    guard trace.takesModels else { return lock.withLock { applied(asLayerOf: trace, inputs) } }
    return lock.withLock {
      trace.visit(self, training ? .training : .inference) {
        do {
          return try applied(to: inputs)
        } catch {
          _ = Tensor.misfit(error, trace: trace)
          return poisoned(trace)
        }
      }
    }
  }

  private func poisoned(_ trace: ModelTrace) -> [Tensor] { outputTypes.map { _ in Tensor.poisoned(in: trace) } }
}
