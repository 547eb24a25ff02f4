import CajalGraph

/// Algebra on neighbours: identities vanish, chains of reshapes and transposes become one, constants meet constants.
package struct Simplify: Pass {
  package static let name = "simplify"
  package init() {}

  package func run(_ code: inout Code) throws {
    var producers = code.producers()
    var replaced: [Int: Int] = [:]
    func final(_ value: Int) -> Int {
      var value = value
      while let next = replaced[value] { value = next }
      return value
    }
    for index in code.instructions.indices {
      for place in code.instructions[index].inputs.indices {
        code.instructions[index].inputs[place] = final(code.instructions[index].inputs[place])
      }
      while let change = simplified(code.instructions[index], code, producers) {
        switch change {
        case .same(let value):
          replaced[code.instructions[index].outputs[0]] = final(value)
        case .becomes(let operation, let inputs):
          code.instructions[index].operation = operation
          code.instructions[index].inputs = inputs.map(final)
          continue
        }
        break
      }
      for output in code.instructions[index].outputs { producers[output] = index }
    }
    code.replaceUses(replaced)
    code.removeDeadInstructions()
  }

  private enum Change {
    case same(Int)
    case becomes(any Operation, [Int])
  }

  private func simplified(_ instruction: Code.Instruction, _ code: Code, _ producers: [Int]) -> Change? {
    let inputs = instruction.inputs
    func maker(_ value: Int) -> Code.Instruction? { producers[value] >= 0 ? code.instructions[producers[value]] : nil }
    func fill(_ value: Int) -> Double? { code.fill(value, producers) }
    let type = code.type(instruction.outputs[0])
    switch instruction.operation {
    case let cast as Cast:
      if code.type(inputs[0]).dtype == cast.dtype { return .same(inputs[0]) }
      if let value = fill(inputs[0]), cast.dtype.isFloating { return .becomes(Fill(value: value, type: type), []) }
    case let reshape as Reshape:
      if code.type(inputs[0]).shape == reshape.shape { return .same(inputs[0]) }
      if let value = fill(inputs[0]) { return .becomes(Fill(value: value, type: type), []) }
      if let before = maker(inputs[0]), before.operation is Reshape { return .becomes(reshape, before.inputs) }
    case let broadcast as Broadcast:
      if code.type(inputs[0]).shape == broadcast.shape { return .same(inputs[0]) }
      if let value = fill(inputs[0]) { return .becomes(Fill(value: value, type: type), []) }
      if let before = maker(inputs[0]), before.operation is Broadcast { return .becomes(broadcast, before.inputs) }
    case let transpose as Transpose:
      let shape = code.type(inputs[0]).shape
      if transpose.permutation == Array(0..<shape.rank) { return .same(inputs[0]) }
      if let before = maker(inputs[0]), let inner = before.operation as? Transpose {
        return .becomes(Transpose(permutation: transpose.permutation.map { inner.permutation[$0] }), before.inputs)
      }
      let moved = transpose.permutation.filter { shape[$0] != 1 }
      if moved == moved.sorted() { return .becomes(Reshape(shape: type.shape), inputs) }
    case let reverse as Reverse:
      if let before = maker(inputs[0]), let inner = before.operation as? Reverse, Set(inner.axes) == Set(reverse.axes) {
        return .same(before.inputs[0])
      }
    case let reduce as Reduce:
      if reduce.kind != .all, reduce.kind != .any, reduce.axes.allSatisfy({ code.type(inputs[0]).shape[$0] == 1 }) {
        return .same(inputs[0])
      }
    case let contraction as Contraction:
      return absorbTranspose(contraction, inputs, maker)
    case let elementwise as Elementwise:
      return algebra(elementwise.function, inputs, type, fill)
    default: break
    }
    return nil
  }

  private func absorbTranspose(
    _ contraction: Contraction, _ inputs: [Int], _ maker: (Int) -> Code.Instruction?
  ) -> Change? {
    for side in 0..<2 {
      guard let before = maker(inputs[side]), let transpose = before.operation as? Transpose else { continue }
      let rank = transpose.permutation.count
      guard transpose.permutation == Array(0..<(rank - 2)) + [rank - 1, rank - 2] else { continue }
      var swapped = contraction
      if side == 0 { swapped.transposesLeft.toggle() } else { swapped.transposesRight.toggle() }
      var sources = inputs
      sources[side] = before.inputs[0]
      return .becomes(swapped, sources)
    }
    return nil
  }

  private func algebra(
    _ function: ElementwiseFunction, _ inputs: [Int], _ type: TensorType, _ fill: (Int) -> Double?
  ) -> Change? {
    guard function.arity == 2, type.dtype.isFloating else { return nil }
    let (a, b) = (fill(inputs[0]), fill(inputs[1]))
    if let a, let b {
      let value: Double
      switch function {
      case .add: value = a + b
      case .subtract: value = a - b
      case .multiply: value = a * b
      case .divide: value = a / b
      default: return nil
      }
      return .becomes(Fill(value: value, type: type), [])
    }
    switch (function, a, b) {
    case (.add, 0?, _): return .same(inputs[1])
    case (.add, _, 0?), (.subtract, _, 0?), (.multiply, _, 1?), (.divide, _, 1?), (.power, _, 1?):
      return .same(inputs[0])
    case (.multiply, 1?, _): return .same(inputs[1])
    default: return nil
    }
  }
}
