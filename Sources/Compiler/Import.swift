import CajalGraph

extension Code {
  /// Flattens a graph, taking operations apart that the backend does not run whole.
  package init(_ request: Request, backend: some Backend) throws {
    self.init()
    var known: [TensorKey: Int] = [:]
    for input in request.inputs {
      let value = newValue(input.type)
      known[input.key] = value
      inputs.append(value)
    }
    // Updates from the last to the first: parameters come in forward order, and their gradients are ready the other way.
    let roots = request.outputs + request.updates.reversed().map(\.value)
    // Parts stay alive to the end: `known` tells nodes by identity, and a dead one's could come back.
    var parts: [Tensor] = []
    try flatten(roots, &known, &parts, backend)
    func value(_ tensor: Tensor) -> Int { known[tensor.key] ?? -1 }
    outputs = request.outputs.map(value)
    // What comes from memory needs nothing before it: at the front it is in nobody's way.
    func isSource(_ instruction: Instruction) -> Bool {
      instruction.inputs.isEmpty && instruction.operation.isShareable
    }
    instructions = instructions.filter(isSource) + instructions.filter { !isSource($0) }
    updates = request.updates.map { Update(variable: $0.variable, value: value($0.value)) }
    guards = request.guards
  }

  private mutating func flatten(
    _ roots: [Tensor], _ known: inout [TensorKey: Int], _ kept: inout [Tensor], _ backend: some Backend
  ) throws {
    let order = Node.topologicalOrder(roots) { node in
      node.storages != nil || node.types.indices.allSatisfy { known[Tensor(node, $0).key] != nil }
    }
    for node in order {
      let results = node.types.indices.map { Tensor(node, $0) }
      if results.allSatisfy({ known[$0.key] != nil }) { continue }
      if let storages = node.storages {
        for (result, storage) in zip(results, storages) {
          known[result.key] =
            append(try constant(storage, result.type), inputs: [], types: [result.type], path: node.path)[0]
        }
        continue
      }
      if node.operation is Placeholder {
        throw CajalError(
          .missing, "program", expected: "every input to be given",
          given: "\(node.operation.label) \(node.types[0]) is not",
          advice: "A tensor of a model was used outside it.")
      }
      if backend.supports(node.operation, inputs: node.inputs.map(\.type)) {
        let inputs = node.inputs.compactMap { known[$0.key] }
        let outputs = append(node.operation, inputs: inputs, types: node.types, path: node.path)
        for (result, output) in zip(results, outputs) { known[result.key] = output }
        continue
      }
      guard let parts = parts(of: node) else {
        throw CajalError(
          .unsupported, node.path.isEmpty ? "program" : node.path, expected: "an operation that this backend runs",
          given: "\(node.operation.label) on \(node.inputs.map(\.type.description).joined(separator: ", ")) is none",
          advice: "Cast to float32, or use other operations.")
      }
      kept += parts
      try flatten(parts, &known, &kept, backend)
      for (result, part) in zip(results, parts) { known[result.key] = known[part.key] }
    }
  }

  /// The operation in smaller ones, which belong to the same layer.
  private func parts(of node: Node) -> [Tensor]? {
    func taken() -> [Tensor]? { node.operation.decomposition(node.inputs) ?? widened(node) }
    return node.trace?.standing(at: node.path, taken) ?? taken()
  }

  /// The operation in float32, where its inputs are 16 bits wide: results are rounded when they are stored.
  private func widened(_ node: Node) -> [Tensor]? {
    func isHalf(_ type: TensorType) -> Bool { type.dtype == .bfloat16 || type.dtype == .float16 }
    guard node.inputs.contains(where: { isHalf($0.type) }) else { return nil }
    let results = Tensor.apply(node.operation, node.inputs.map { isHalf($0.type) ? $0.cast(to: .float32) : $0 })
    return zip(results, node.types).map { $0.cast(to: $1.dtype) }
  }

  private func constant(_ storage: Storage, _ type: TensorType) throws -> any Operation {
    (try Tensor(storage, shape: type.shape)).node.operation
  }

  package mutating func append(_ operation: any Operation, inputs: [Int], types: [TensorType], path: String) -> [Int] {
    let outputs = types.map { newValue($0) }
    instructions.append(Instruction(operation, inputs: inputs, outputs: outputs, path: path))
    return outputs
  }
}
