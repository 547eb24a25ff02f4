/// An optimizer with what it keeps between steps: its step size, and slots beside the parameters.
final class Optimization {
  let optimizer: any Optimizer
  let learningRate: Variable
  /// Slots and numbers in the order they were made.
  private(set) var variables: [Variable] = []
  private var byName: [String: Variable] = [:]

  init(_ optimizer: any Optimizer) {
    self.optimizer = optimizer
    learningRate = Variable(
      "optimizer/learning_rate", TensorType([], .float32), role: .counter,
      value: Storage([Float(optimizer.learningRate)]))
  }

  /// A parameter to be changed: its variable, its name among the optimizer's slots, and its value in the step.
  struct Entry {
    var variable: Variable
    var slotPrefix: String
    var tensor: Tensor
  }

  /// The next values of parameters and slots; `iteration` is 1 in the first step.
  func updates(
    _ trained: [Entry], gradients: [Tensor], iteration: Tensor, _ trace: ModelTrace
  ) throws -> [(variable: Variable, value: Tensor)] {
    var updates: [(variable: Variable, value: Tensor)] = []
    let gradients = try optimizer.clipping?.applied(to: gradients) ?? gradients
    let rate = trace.read(learningRate)
    for (entry, gradient) in zip(trained, gradients) {
      var slots: [TensorKey: Variable] = [:]
      let scope = UpdateScope(
        learningRate: rate, iteration: iteration,
        slotReader: { [self] name, shape, initial in
          let slot = variable("\(entry.slotPrefix)/\(name)", shape, role: .slot, initial: initial)
          let tensor = trace.read(slot)
          slots[tensor.key] = slot
          return tensor
        },
        slotWriter: { slot, value in
          if let variable = slots[slot.key] { updates.append((variable, value)) }
        },
        hyperparameterReader: { [self] name, value in
          trace.read(variable(name, [], role: .counter, initial: value))
        })
      let next = optimizer.step(entry.tensor, path: entry.variable.name, gradient: gradient, scope)
      updates.append((entry.variable, next))
    }
    return updates
  }

  /// A slot or a number, made on first use.
  private func variable(_ name: String, _ shape: Shape, role: Variable.Role, initial: Float) -> Variable {
    if let known = byName[name] {
      if known.type.shape == shape { return known }
      // Read from a file of another model: it begins anew.
      variables.removeAll { $0 === known }
    }
    let storage = Storage([Float](repeating: initial, count: shape.count))
    let variable = Variable("optimizer/" + name, TensorType(shape, .float32), role: role, value: storage)
    byName[name] = variable
    variables.append(variable)
    return variable
  }

  /// Sets a slot to a value read from a file; the first program finds it.
  func adoptSlot(_ name: String, _ type: TensorType, _ value: Storage) {
    if let known = byName[name], known.type == type { return known.value = value }
    let variable = Variable("optimizer/" + name, type, role: .slot, value: value)
    byName[name] = variable
    variables.append(variable)
  }

  /// Sets the step size of the coming step, where a schedule decides.
  func setScheduledRate(atStep step: Variable) {
    guard optimizer.hasSchedule else { return }
    let number = step.storage.withBytes { $0.load(as: Int64.self) }
    learningRate.setScalar(Float(optimizer.learningRate(atStep: Int(number))))
  }
}
