import CajalGraph

/// Batch normalization takes along the addition and the activation behind it, and its gradient the activation's mask: the
/// normalized values are written once and read by nobody else, where each step was a pass over memory.
package struct FuseNormalization: Pass {
  package static let name = "fuse-normalization"
  package init() {}

  package func run(_ code: inout Code) throws {
    guard code.instructions.contains(where: { $0.operation is BatchNormalization }) else { return }
    // One at a time, because each changes the order of instructions; those of a program are some dozens.
    var next = 0
    while let index = code.instructions[next...].firstIndex(where: { $0.operation is BatchNormalization }) {
      next = fuse(index, &code) + 1
    }
    foldMasks(&code)
    code.removeDeadInstructions()
  }

  /// Fuses what follows the normalization at `index`, as far as it can; returns where the fused instruction stands.
  private func fuse(_ index: Int, _ code: inout Code) -> Int {
    guard let base = code.instructions[index].operation as? BatchNormalization else { return index }
    var fused = FusedNormalization(base: base, adds: false, activation: nil)
    var instruction = code.instructions[index]
    let outside = Set(code.outputs + code.updates.map(\.value))
    /// The only reader of a value beside gradients of normalization, which have it without need.
    func reader(_ value: Int) -> Int? {
      guard !outside.contains(value) else { return nil }
      let readers = code.instructions.indices.filter { reader in
        guard reader > index, code.instructions[reader].inputs.contains(value) else { return false }
        let isIdle = code.instructions[reader].operation is BatchNormalizationGradient
        return !isIdle || code.instructions[reader].inputs.enumerated().contains { $0 != 3 && $1 == value }
      }
      return readers.count == 1 ? readers[0] : nil
    }
    var last = index
    if code.type(instruction.inputs[0]).dtype == .float32, let after = reader(instruction.outputs[0]) {
      if let addend = addend(of: instruction, at: after, code),
        let needed = needed(for: addend, between: index, and: after, code)
      {
        fused.adds = true
        instruction.inputs.append(addend)
        last = after
        instruction.outputs[0] = code.instructions[after].outputs[0]
        let moved = needed.map { code.instructions[$0] }
        let activation = reader(instruction.outputs[0])
        if let activation, let epilogue = Epilogue(code.instructions[activation].operation), epilogue.limits != nil {
          fused.activation = epilogue
          instruction.outputs[0] = code.instructions[activation].outputs[0]
          last = activation
        }
        instruction.operation = fused
        let dropped = Set([index, after, last] + needed)
        let before = code.instructions[..<index]
        let rest = code.instructions.indices.filter { $0 > index && !dropped.contains($0) }.map {
          code.instructions[$0]
        }
        code.instructions = Array(before) + moved + [instruction] + rest
        return index + moved.count
      }
      if let epilogue = Epilogue(code.instructions[after].operation), epilogue.limits != nil {
        fused.activation = epilogue
        instruction.outputs[0] = code.instructions[after].outputs[0]
        last = after
      }
    }
    instruction.operation = fused
    code.instructions[index] = instruction
    if last != index { code.instructions.remove(at: last) }
    return index
  }

  /// What an addition of two arrays of one type adds to the normalized values.
  private func addend(of instruction: Code.Instruction, at index: Int, _ code: Code) -> Int? {
    let add = code.instructions[index]
    guard (add.operation as? Elementwise)?.function == .add else { return nil }
    let others = add.inputs.filter { $0 != instruction.outputs[0] }
    guard others.count == 1, code.type(others[0]) == code.type(instruction.inputs[0]) else { return nil }
    return others[0]
  }

  /// The instructions behind `index` that make a value, which are to stand before it; nil if they depend on its results.
  private func needed(for value: Int, between index: Int, and end: Int, _ code: Code) -> [Int]? {
    var wanted: Set = [value]
    var needed: [Int] = []
    for at in stride(from: end - 1, to: index, by: -1) {
      let instruction = code.instructions[at]
      guard instruction.outputs.contains(where: wanted.contains) else { continue }
      needed.append(at)
      wanted.formUnion(instruction.inputs)
    }
    return wanted.isDisjoint(with: code.instructions[index].outputs) ? needed.reversed() : nil
  }

  /// Gradients that get select(mask of the activation's result, dy, 0) mask dy themselves.
  private func foldMasks(_ code: inout Code) {
    let producers = code.producers()
    let uses = code.useCounts()
    for index in code.instructions.indices {
      let instruction = code.instructions[index]
      guard let base = instruction.operation as? BatchNormalizationGradient else { continue }
      var fused = FusedNormalizationGradient(base: base, activation: nil)
      var dy = instruction.inputs[6]
      let mean = producers[instruction.inputs[4]]
      if mean >= 0, let forward = code.instructions[mean].operation as? FusedNormalization, !forward.adds,
        let activation = forward.activation, code.instructions[mean].inputs.prefix(3) == instruction.inputs.prefix(3),
        uses[dy] == 1, producers[dy] >= 0
      {
        let select = code.instructions[producers[dy]]
        if (select.operation as? Elementwise)?.function == .select, code.isZero(select.inputs[2], producers),
          isMask(select.inputs[0], of: code.instructions[mean].outputs[0], activation, code, producers)
        {
          fused.activation = activation
          dy = select.inputs[1]
        }
      }
      code.instructions[index].operation = fused
      code.instructions[index].inputs = Array(instruction.inputs[0..<3]) + Array(instruction.inputs[4..<6]) + [dy]
    }
  }

  /// Whether a value says where the activation passed, read from its result.
  private func isMask(_ value: Int, of result: Int, _ activation: Epilogue, _ code: Code, _ producers: [Int]) -> Bool {
    func compares(_ value: Int, _ function: ElementwiseFunction, _ bound: Double) -> Bool {
      guard producers[value] >= 0 else { return false }
      let instruction = code.instructions[producers[value]]
      return (instruction.operation as? Elementwise)?.function == function && instruction.inputs[0] == result
        && code.fill(instruction.inputs[1], producers) == bound
    }
    switch activation {
    case .relu: return compares(value, .greater, 0)
    case .clip(let lower, let upper):
      guard producers[value] >= 0 else { return false }
      let both = code.instructions[producers[value]]
      return (both.operation as? Elementwise)?.function == .and && compares(both.inputs[0], .greater, lower)
        && compares(both.inputs[1], .less, upper)
    case .tanh, .sigmoid: return false
    }
  }
}
