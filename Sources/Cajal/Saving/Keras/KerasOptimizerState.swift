// The optimizer's variables in the order in which Keras numbers them: `optimizer/vars/N`.

extension TrainingSettings {
  /// Slots of Keras's optimizers: groups one after another, in each group the slots of one parameter after those of another.
  private var slotGroups: [[(name: String, initial: Float)]] {
    let base = OptimizerEntry(optimizer).parts.base
    switch base {
    case let sgd as SGD: return sgd.momentum == 0 ? [] : [[("momentum", 0)]]
    case let rms as RMSprop:
      return [[("velocity", 0)]] + (rms.momentum > 0 ? [[("momentum", 0)]] : [])
        + (rms.centered ? [[("average_gradient", 0)]] : [])
    case let adam as Adam: return [[("momentum", 0), ("velocity", 0)]] + (adam.amsgrad ? [[("velocity_hat", 0)]] : [])
    case let adam as AdamW: return [[("momentum", 0), ("velocity", 0)]] + (adam.amsgrad ? [[("velocity_hat", 0)]] : [])
    case is Adadelta: return [[("accumulated_grad", 0), ("accumulated_delta_var", 0)]]
    case let adagrad as Adagrad: return [[("accumulator", Float(adagrad.initialAccumulator))]]
    case is Adamax: return [[("momentum", 0), ("norm", 0)]]
    case is Nadam: return [[("momentum", 0), ("velocity", 0)]]
    case is Lion: return [[("momentum", 0)]]
    default: return OptimizerSlots.others[type(of: base).className] ?? []
    }
  }

  /// Nadam keeps one product of momenta for all parameters, at the end.
  private var hasProduct: Bool { OptimizerEntry(optimizer).parts.base is Nadam }

  private func slot(_ parameter: Variable, _ name: String) -> Variable? {
    optimizerVariables.first { $0.name == "optimizer/\(parameter.name)/\(name)" }
  }

  /// Parameters that are trained, in Keras's order.
  private func trained(_ node: KerasNode, _ variables: [Variable], _ isTrainable: (String) -> Bool) -> [Variable] {
    var met: Set<String> = []
    return node.weights(of: variables).map(\.variable).filter {
      $0.role == .parameter && isTrainable($0.name) && met.insert($0.name).inserted
    }
  }

  func writeKeras(
    _ node: KerasNode, _ variables: [Variable], step: Int, isTrainable: (String) -> Bool, to file: H5Writer
  ) throws {
    try file.makeGroup("optimizer/vars")
    try file.setText(snakeCase(type(of: OptimizerEntry(optimizer).parts.base).className), "name", of: "optimizer/vars")
    var number = 0
    func write(_ storage: Storage, _ shape: Shape) throws {
      try file.write(storage, shape, as: "optimizer/vars/\(number)")
      number += 1
    }
    try write(Storage([Int64(step)]), [])
    if !optimizer.hasSchedule { try write(learningRate.value, []) }
    let parameters = trained(node, variables, isTrainable)
    for group in slotGroups {
      for parameter in parameters {
        for (name, initial) in group {
          let fresh = Storage([Float](repeating: initial, count: parameter.type.shape.count))
          try write(slot(parameter, name)?.value ?? fresh, parameter.type.shape)
        }
      }
    }
    if hasProduct { try write(parameters.first.flatMap { slot($0, "u_product")?.value } ?? Storage([Float(1)]), []) }
  }

  /// Takes over the state of Keras's optimizer; one of another kind or number of variables is left, with a note.
  func readKeras(_ node: KerasNode, _ model: Model, _ file: H5File) throws {
    let prefix = "optimizer/vars/"
    let names = file.kinds.keys.filter { $0.hasPrefix(prefix) && file.kinds[$0] == .dataset }
    guard !names.isEmpty else { return }
    try readKeras(node, model, file, (0..<names.count).map { prefix + String($0) })
  }

  func readKeras(_ node: KerasNode, _ model: Model, _ file: H5File, _ names: [String]) throws {
    let parameters = trained(node, model.variables) { model.isTrainable($0) }
    let slots = slotGroups.reduce(0) { $0 + $1.count } * parameters.count + (hasProduct ? 1 : 0)
    let first = optimizer.hasSchedule ? 1 : 2
    func entry(_ number: Int, _ shape: Shape) throws -> H5File.Entry? {
      guard let entry = try file.entry(names[number]), entry.type.shape == shape else { return nil }
      return entry
    }
    guard names.count >= first, let step = try entry(0, []), step.type.dtype == .int64 || step.type.dtype == .int32
    else { return model.notes.append("the optimizer's state is not as expected and begins anew") }
    let number = try Tensor(file.storage(step), shape: []).cast(to: .int64).storage.scalars(as: Int64.self)[0]
    guard number >= 0, number < 1 << 53 else {
      throw CajalError(.format, file.path, expected: "a step", given: "it is \(number)")
    }
    var actions: [() -> Void] = []
    if first == 2, let rate = try entry(1, []), rate.type.dtype == .float32 {
      let value = try file.storage(rate)
      actions.append { self.learningRate.value = value }
    }
    if names.count == first + slots {
      var at = first
      for group in slotGroups {
        for parameter in parameters {
          for (name, _) in group {
            guard let entry = try entry(at, parameter.type.shape), entry.type.dtype == .float32 else {
              return model.notes.append("the optimizer's state does not fit the weights and begins anew")
            }
            let value = try file.storage(entry)
            actions.append {
              self.optimization.adoptSlot(
                "\(parameter.name)/\(name)", TensorType(parameter.type.shape, .float32), value)
            }
            at += 1
          }
        }
      }
      if hasProduct, let entry = try entry(at, []), entry.type.dtype == .float32 {
        for parameter in parameters {
          let value = try file.storage(entry)
          actions.append { self.optimization.adoptSlot("\(parameter.name)/u_product", TensorType([], .float32), value) }
        }
      }
    } else if names.count != first {
      model.notes.append(
        "the optimizer has \(names.count) variables in the file and \(first + slots) here: its state begins anew")
    }
    for action in actions { action() }
    model.store.restore(seed: model.store.seed, step: Int(number))
  }
}

/// Slots of optimizers by their class, for those that are no part of the switch above.
enum OptimizerSlots {
  static let others: [String: [[(name: String, initial: Float)]]] = [
    "Lamb": [[("momentum", 0), ("velocity", 0)]],
    "Ftrl": [[("accumulator", 0.1), ("linear", 0)]],
  ]
}
