import CajalGraph

/// Multiplies a factor for each channel behind a convolution or matrix product into its weights, where nothing in the
/// program changes them: batch normalization when predicting, (x * w) s = x * (w s) and (x * w + b) s = x * (w s) + b s.
///
/// What depends on parameters alone moves to the front, so that it is computed once for each version of them.
package struct FoldScales: Pass {
  package static let name = "fold-scales"
  package init() {}

  package func run(_ code: inout Code) throws {
    guard code.updates.isEmpty else { return }
    let constant = code.moveConstantWorkToFront().isConstant
    let producers = code.producers()
    let uses = code.useCounts()
    var before: [Int: [Code.Instruction]] = [:]
    var gone: Set<Int> = []
    for index in code.instructions.indices {
      guard let scale = Scale(index, code, producers, uses, constant) else { continue }
      let path = code.instructions[scale.product].path
      let weights = code.instructions[scale.product].inputs[1]
      before[scale.product, default: []] += code.scaled(weights, by: scale.vector, path)
      code.instructions[scale.product].inputs[1] = before[scale.product]?.last?.outputs[0] ?? weights
      if let (add, bias) = scale.bias {
        let made = code.scaled(bias, by: scale.vector, path)
        before[add, default: []] += made
        let product = code.instructions[scale.product].outputs[0]
        code.instructions[add].inputs = [product, made.last?.outputs[0] ?? bias]
        code.instructions[add].outputs = code.instructions[index].outputs
      } else {
        code.instructions[scale.product].outputs = code.instructions[index].outputs
      }
      gone.insert(index)
    }
    guard !gone.isEmpty else { return }
    code.instructions = code.instructions.enumerated().flatMap { index, instruction in
      (before[index] ?? []) + (gone.contains(index) ? [] : [instruction])
    }
    code.removeDeadInstructions()
  }

  /// A product whose result is only multiplied by a vector along its channels, maybe after a bias.
  private struct Scale {
    let product: Int
    let vector: Int
    let bias: (add: Int, value: Int)?

    init?(_ index: Int, _ code: Code, _ producers: [Int], _ uses: [Int], _ constant: [Bool]) {
      let instruction = code.instructions[index]
      guard (instruction.operation as? Elementwise)?.function == .multiply else { return nil }
      let shape = code.type(instruction.outputs[0]).shape
      func weighted(_ value: Int) -> Int? {
        guard producers[value] >= 0, uses[value] == 1, code.type(value).dtype.isFloating else { return nil }
        let made = code.instructions[producers[value]]
        guard code.type(value).shape == shape, constant[made.inputs.count > 1 ? made.inputs[1] : value] else {
          return nil
        }
        if made.operation is Convolution { return producers[value] }
        guard let contraction = made.operation as? Contraction, !contraction.transposesRight, shape.rank == 2,
          code.type(made.inputs[1]).shape.rank == 2
        else { return nil }
        return producers[value]
      }
      func vector(_ value: Int) -> Int? {
        code.channelVector(value, channels: shape.last, producers).flatMap { constant[$0] ? $0 : nil }
      }
      for (value, other) in [(0, 1), (1, 0)].map({ (instruction.inputs[$0], instruction.inputs[$1]) }) {
        guard let factor = vector(other), producers[value] >= 0 else { continue }
        if let found = weighted(value) {
          (product, self.vector, bias) = (found, factor, nil)
          return
        }
        let add = code.instructions[producers[value]]
        guard uses[value] == 1, (add.operation as? Elementwise)?.function == .add else { continue }
        for (inner, shift) in [(0, 1), (1, 0)].map({ (add.inputs[$0], add.inputs[$1]) }) {
          guard let found = weighted(inner), vector(shift) != nil else { continue }
          (product, self.vector, bias) = (found, factor, (producers[value], shift))
          return
        }
      }
      return nil
    }
  }
}

extension Code {
  /// Instructions that multiply a value by a vector along its last axis; the last one gives the result.
  fileprivate mutating func scaled(_ value: Int, by vector: Int, _ path: String) -> [Instruction] {
    let type = type(value)
    let flat = newValue(
      TensorType(Shape(Array(repeating: 1, count: type.shape.rank - 1) + [type.shape.last]), type.dtype))
    let stretched = newValue(type)
    let result = newValue(type)
    return [
      Instruction(Reshape(shape: self.type(flat).shape), inputs: [vector], outputs: [flat], path: path),
      Instruction(Broadcast(shape: type.shape), inputs: [flat], outputs: [stretched], path: path),
      Instruction(Elementwise(.multiply), inputs: [value, stretched], outputs: [result], path: path),
    ]
  }

  /// The vector behind a stretch to […, channels], where there is one and it lies along the channels all the way.
  func channelVector(_ value: Int, channels: Int, _ producers: [Int]) -> Int? {
    var source = value
    while producers[source] >= 0 {
      let instruction = instructions[producers[source]]
      guard instruction.operation is Broadcast || instruction.operation is Reshape else { break }
      let (from, to) = (type(instruction.inputs[0]).shape, type(source).shape)
      guard from.last == channels, to.last == channels, instruction.operation is Broadcast || to.count == channels
      else { break }
      source = instruction.inputs[0]
    }
    return type(source).shape == [channels] && source != value ? source : nil
  }
}
