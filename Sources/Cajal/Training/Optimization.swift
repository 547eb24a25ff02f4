/// An optimizer with what it keeps between steps: its step size, and slots beside the parameters.
final class Optimization {
  let optimizer: any Optimizer
  private let several: MultiOptimizer?
  let learningRate: Variable
  /// The optimizers of groups of parameters, where there are several; this one is then the default's.
  private let parts: [Optimization]
  /// Slots and numbers in the order they were made.
  var variables: [Variable] { own + parts.flatMap(\.variables) }
  private var own: [Variable] = []
  private var byName: [String: Variable] = [:]
  /// Parameters with their averages, where the optimizer keeps any.
  private var averages: [(parameter: Variable, average: Variable)] = []
  /// Whether parameters have averages.
  var keepsAverages: Bool { optimizer.ema != nil || parts.contains(where: \.keepsAverages) }
  /// Whether the parameters and their averages have changed places.
  private(set) var areAveragesSwapped = false

  init(_ given: any Optimizer) {
    let several = given as? MultiOptimizer
    parts = several?.groups.map { Optimization($0.optimizer) } ?? []
    self.several = several
    optimizer = several?.defaultOptimizer ?? given
    learningRate = Variable(
      "optimizer/learning_rate", TensorType([], .float32), role: .counter,
      value: Storage([Float(optimizer.learningRate)]))
  }

  /// A parameter to be changed: its variable, its name among the optimizer's slots, and its value in the step.
  struct Entry {
    var variable: Variable
    var slotPrefix: String
    var tensor: Tensor
    var constraint: Constraint?
  }

  /// What `compile` was given.
  var given: any Optimizer { several ?? optimizer }

  /// The next values of parameters and slots; `iteration` is 1 in the first step.
  func updates(
    _ trained: [Entry], gradients: [Tensor], iteration: Tensor, _ trace: ModelTrace
  ) throws -> [(variable: Variable, value: Tensor)] {
    guard let several else { return try ownUpdates(trained, gradients: gradients, iteration: iteration, trace) }
    let groups = try trained.map { try several.group(of: $0.variable.name) }
    return try ([nil] + parts.indices.map(Optional.init)).flatMap { group in
      let places = groups.indices.filter { groups[$0] == group }
      let (own, gradients) = (places.map { trained[$0] }, places.map { gradients[$0] })
      guard let group else { return try ownUpdates(own, gradients: gradients, iteration: iteration, trace) }
      return try parts[group].updates(own, gradients: gradients, iteration: iteration, trace)
    }
  }

  private func ownUpdates(
    _ trained: [Entry], gradients: [Tensor], iteration: Tensor, _ trace: ModelTrace
  ) throws -> [(variable: Variable, value: Tensor)] {
    var updates: [(variable: Variable, value: Tensor)] = []
    averages = []
    let (count, isFinite) = judged(gradients, iteration, trace, &updates)
    var (gradients, gate) = try accumulated(gradients, of: trained, count, isFinite, trace, &updates)
    if let isFinite { gate.isOpen = gate.isOpen.map { $0.and(isFinite) } ?? isFinite }
    let clipped = try optimizer.clipping?.applied(to: gradients) ?? gradients
    let rate = trace.read(learningRate)
    for (entry, gradient) in zip(trained, clipped) {
      var slots: [TensorKey: Variable] = [:]
      let scope = UpdateScope(
        learningRate: rate, iteration: gate.update,
        slotReader: { [self] name, shape, initial in
          let slot = variable("\(entry.slotPrefix)/\(name)", shape, role: .slot, initial: initial)
          let tensor = trace.read(slot)
          slots[tensor.key] = slot
          return tensor
        },
        slotWriter: { slot, value in
          if let variable = slots[slot.key] { updates.append((variable, gate.pass(value, else: slot))) }
        },
        hyperparameterReader: { [self] name, value in
          trace.read(variable(name, [], role: .counter, initial: value))
        })
      var next = optimizer.step(entry.tensor, path: entry.variable.name, gradient: gradient, scope)
      next = gate.pass(next, else: entry.tensor)
      next = averaged(next, entry, gate.update, trace, &updates)
      if let constraint = entry.constraint { next = constraint(next).cast(to: entry.tensor.dtype) }
      updates.append((entry.variable, next))
    }
    return updates
  }

  /// A slot or a number, made on first use.
  private func variable(_ name: String, _ shape: Shape, role: Variable.Role, initial: Float) -> Variable {
    if let known = byName[name] {
      if known.type.shape == shape { return known }
      // Read from a file of another model: it begins anew.
      own.removeAll { $0 === known }
    }
    let storage = Storage(repeating: initial, count: shape.count)
    let variable = Variable("optimizer/" + name, TensorType(shape, .float32), role: role, value: storage)
    byName[name] = variable
    own.append(variable)
    return variable
  }

  /// Sets a slot to a value read from a file; the first program finds it.
  func adoptSlot(_ name: String, _ type: TensorType, _ value: Storage) {
    let path = name.split(separator: "/").dropLast().joined(separator: "/")
    if let group = try? several?.group(of: path) { return parts[group].adoptSlot(name, type, value) }
    if let known = byName[name], known.type == type { return known.value = value }
    let variable = Variable("optimizer/" + name, type, role: .slot, value: value)
    byName[name] = variable
    own.append(variable)
  }

  /// Sets the step size of the coming step, where a schedule decides.
  func setScheduledRate(atStep step: Variable) {
    for part in parts { part.setScheduledRate(atStep: step) }
    guard optimizer.hasSchedule else { return }
    let number = step.storage.withBytes { $0.load(as: Int64.self) }
    learningRate.setScalar(Float(optimizer.learningRate(atStep: Int(number))))
  }

  // MARK: - Gradients of several steps

  /// What decides whether a step changes parameters.
  private struct Gate {
    /// The number of the update, 1 for the first.
    var update: Tensor
    /// Whether this step is one; nil where all are.
    var isOpen: Tensor?

    func pass(_ value: Tensor, else old: Tensor) -> Tensor { isOpen?.select(value, old) ?? value }
  }

  /// The gradients of an update: those of the step, or the means of the last steps.
  private func accumulated(
    _ gradients: [Tensor], of trained: [Entry], _ iteration: Tensor, _ isFinite: Tensor?, _ trace: ModelTrace,
    _ updates: inout [(variable: Variable, value: Tensor)]
  ) throws -> ([Tensor], Gate) {
    guard let steps = optimizer.gradientAccumulationSteps else { return (gradients, Gate(update: iteration)) }
    guard steps >= 2 else {
      throw CajalError(
        .argument, "\(type(of: optimizer).className)", expected: "gradients of at least 2 steps",
        given: "gradientAccumulationSteps is \(steps)", advice: "Leave it nil to update in every step.")
    }
    let isUpdate = iteration.modulo(iteration.filled(Double(steps))) .== 0
    var means: [Tensor] = []
    for (entry, gradient) in zip(trained, gradients) {
      let name = "\(entry.slotPrefix)/gradient_accumulator"
      let slot = variable(name, entry.tensor.shape, role: .slot, initial: 0)
      let sum = trace.read(slot) + gradient.cast(to: .float32)
      let next = isUpdate.select(sum.filled(0), sum)
      updates.append((slot, isFinite?.select(next, trace.read(slot)) ?? next))
      means.append(sum * (1 / Double(steps)))
    }
    let number = ((iteration - 1) / Double(steps)).floor() + 1
    return (means, Gate(update: number, isOpen: isUpdate))
  }

  // MARK: - Scaled losses

  private struct Scale {
    var value: Variable
    var goodSteps: Variable
    var iteration: Variable
    var growthSteps: Int
  }

  private var scale: Scale? {
    optimizer.lossScaling.map { scaling in
      Scale(
        value: variable("loss_scale/dynamic_scale", [], role: .slot, initial: Float(scaling.initialScale)),
        goodSteps: variable("loss_scale/step_counter", [], role: .slot, initial: 0),
        iteration: variable("loss_scale/iteration", [], role: .slot, initial: 0),
        growthSteps: scaling.dynamicGrowthSteps)
    }
  }

  /// The gradients of a loss, which is scaled meanwhile where the optimizer wants it.
  func gradients(of loss: Tensor, with tensors: [Tensor], _ trace: ModelTrace) -> [Tensor] {
    guard let scale = scale.map({ trace.read($0.value) }) else { return gradient(of: loss, with: tensors) }
    return gradient(of: loss * scale, with: tensors).map { $0 / scale }
  }

  /// The number of the step among those with finite gradients, and whether this is one; nil where nobody asks.
  private func judged(
    _ gradients: [Tensor], _ iteration: Tensor, _ trace: ModelTrace,
    _ updates: inout [(variable: Variable, value: Tensor)]
  ) -> (iteration: Tensor, isFinite: Tensor?) {
    guard let scale, let first = gradients.first else { return (iteration, nil) }
    let isFinite = gradients.dropFirst().reduce(first.isFinite().all()) { $0.and($1.isFinite().all()) }
    let (factor, good, count) = (trace.read(scale.value), trace.read(scale.goodSteps), trace.read(scale.iteration))
    let grows = good .== Double(scale.growthSteps - 1)
    updates.append((scale.value, isFinite.select(grows.select(factor * 2, factor), factor * 0.5)))
    updates.append((scale.goodSteps, isFinite.select(grows.select(good.filled(0), good + 1), good.filled(0))))
    updates.append((scale.iteration, isFinite.select(count + 1, count)))
    return (count + 1, isFinite)
  }

  // MARK: - Averages of parameters

  /// A parameter's next value, after its average has been told of it.
  private func averaged(
    _ next: Tensor, _ entry: Entry, _ update: Tensor, _ trace: ModelTrace,
    _ updates: inout [(variable: Variable, value: Tensor)]
  ) -> Tensor {
    guard let ema = optimizer.ema else { return next }
    let slot = variable("\(entry.slotPrefix)/average", next.shape, role: .slot, initial: 0)
    if !averages.contains(where: { $0.average === slot }) { averages.append((entry.variable, slot)) }
    let momentum = trace.read(variable("ema_momentum", [], role: .counter, initial: Float(ema.momentum)))
    // The first update sets the average to the parameter; a number decides, so that one kernel does the whole update.
    let keep = (update .> 1).cast(to: .float32) * momentum
    let value = next.cast(to: .float32)
    let average = trace.read(slot) * keep + value * (1 - keep)
    updates.append((slot, average))
    guard let frequency = ema.overwriteFrequency, frequency > 0 else { return next }
    let isDue = update.modulo(update.filled(Double(frequency))) .== 0
    return isDue.select(average.cast(to: next.dtype), next)
  }

  /// Lets the parameters and their averages change places.
  func swapAverages() {
    for part in parts { part.swapAverages() }
    for (parameter, average) in averages { (parameter.value, average.value) = (average.value, parameter.value) }
    areAveragesSwapped.toggle()
  }

  /// Sets the parameters to their averages, as at the end of `fit`.
  func takeAverages() {
    for part in parts { part.takeAverages() }
    if areAveragesSwapped { return swapBackKeepingAverages() }
    for (parameter, average) in averages { parameter.value = average.value }
  }

  /// The parameters hold their averages: the slots get them back.
  private func swapBackKeepingAverages() {
    for (parameter, average) in averages { average.value = parameter.value }
    areAveragesSwapped = false
  }
}
