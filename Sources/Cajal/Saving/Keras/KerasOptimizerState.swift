// The optimizer's variables in a file of Keras: `optimizer/vars/N`, in the order of OptimizerSlots.swift.

extension TrainingSettings {
  private func kept(_ name: String) -> Variable? { optimizerVariables.first { $0.name == "optimizer/" + name } }

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
    let parameters = trained(node, variables, isTrainable)
    func write(_ slots: [OptimizerSlot], _ group: String, _ name: String) throws {
      try file.makeGroup(group)
      try file.setText(name, "name", of: group)
      for (number, slot) in slots.enumerated() {
        let (storage, shape) = try value(of: slot, parameters, step)
        try file.write(storage, shape, as: "\(group)/\(number)")
      }
    }
    let name = snakeCase(type(of: OptimizerEntry(optimizer).parts.base).className)
    let isScaled = optimizer.lossScaling != nil
    try write(slots(parameters), "optimizer/vars", isScaled ? "loss_scale_optimizer" : name)
    var met: [String: Int] = [:]
    for (optimizer, slots) in severalSlots(parameters) {
      let name = snakeCase(type(of: OptimizerEntry(optimizer).parts.base).className)
      let number = met[name, default: 0]
      met[name] = number + 1
      try write(slots, "optimizer/optimizers/\(number == 0 ? name : "\(name)_\(number)")/vars", name)
    }
    if isScaled { try write(scaledSlots(parameters), "optimizer/inner_optimizer/vars", name) }
  }

  private func value(of slot: OptimizerSlot, _ parameters: [Variable], _ step: Int) throws -> (Storage, Shape) {
    switch slot {
    case .step: return (Storage([Int64(step)]), [])
    case .learningRate: return (learningRate.value, [])
    case .fixedRate(let rate): return (Storage([rate]), [])
    case .product(let name):
      return (parameters.first.flatMap { kept("\($0.name)/\(name)")?.value } ?? Storage([Float(1)]), [])
    case .unused(let shape, .int32): return (Storage(repeating: Int32(0), count: shape.count), shape)
    case .unused(let shape, _): return (Storage(repeating: Float(0), count: shape.count), shape)
    case .kept(let name, let shape, let initial, let dtype):
      let known = kept(name).flatMap { $0.type.shape == shape ? $0.value : nil }
      let value = known ?? Storage(repeating: initial, count: shape.count)
      return (dtype == .float32 ? value : try Tensor(value, shape: shape).cast(to: dtype).storage, shape)
    }
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
    let slots = slots(parameters)
    // An optimizer that has made no step has the first variables alone.
    let first = self.slots([]).count { if case .product = $0 { false } else { true } }
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
    let isWhole = names.count == slots.count
    if !isWhole, names.count != first {
      model.notes.append(
        "the optimizer has \(names.count) variables in the file and \(slots.count) here: its state begins anew")
    }
    var actions: [() -> Void] = []
    for (at, slot) in slots.prefix(isWhole ? slots.count : first).enumerated() {
      switch slot {
      case .step, .unused, .fixedRate: break
      case .learningRate:
        guard let rate = try entry(at, []), rate.type.dtype == .float32 else { break }
        let value = try file.storage(rate)
        actions.append { self.learningRate.value = value }
      case .product(let name):
        guard let entry = try entry(at, []), entry.type.dtype == .float32 else { break }
        for parameter in parameters {
          let value = try file.storage(entry)
          actions.append {
            self.optimization.adoptSlot("\(parameter.name)/\(name)", TensorType([], .float32), value)
          }
        }
      case .kept(let name, let shape, _, let dtype):
        guard let entry = try entry(at, shape), entry.type.dtype == dtype else {
          return model.notes.append("the optimizer's state does not fit the weights and begins anew")
        }
        let given = try file.storage(entry)
        let value = dtype == .float32 ? given : try Tensor(given, shape: shape).cast(to: .float32).storage
        actions.append { self.optimization.adoptSlot(name, TensorType(shape, .float32), value) }
      }
    }
    for action in actions { action() }
    model.store.restore(seed: model.store.seed, step: Int(number))
  }
}
