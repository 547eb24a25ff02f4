import CajalGraph

/// Folds bias and activation into the convolution or matrix product before them, and a bias gradient into the kernel
/// gradient that reads the same dy.
package struct FuseEpilogues: Pass {
  package static let name = "fuse-epilogues"
  package init() {}

  package func run(_ code: inout Code) throws {
    foldForward(&code)
    code.removeDeadInstructions()
    foldBackward(&code)
    code.removeDeadInstructions()
  }

  private func foldForward(_ code: inout Code) {
    let producers = code.producers()
    let uses = code.useCounts()
    var user = [Int: Int]()
    for (index, instruction) in code.instructions.enumerated() {
      for input in instruction.inputs { user[input] = index }
    }
    for index in code.instructions.indices {
      let instruction = code.instructions[index]
      let base: FusedEpilogue.Base
      switch instruction.operation {
      case let operation as Convolution: base = .convolution(operation)
      case let operation as Contraction
      where code.type(instruction.outputs[0]).shape.rank == 2
        && instruction.inputs.allSatisfy({ code.type($0).shape.count > 0 }):
        base = .contraction(operation)
      default: continue
      }
      guard code.type(instruction.outputs[0]).dtype == .float32 else { continue }
      var fused = FusedEpilogue(base: base, hasBias: false, activation: nil)
      var inputs = instruction.inputs
      var last = index
      func next() -> Int? {
        let value = code.instructions[last].outputs[0]
        return uses[value] == 1 ? user[value] : nil
      }
      if let add = next(), let elementwise = code.instructions[add].operation as? Elementwise,
        elementwise.function == .add
      {
        let other = code.instructions[add].inputs.first { $0 != code.instructions[last].outputs[0] }
        if let other,
          let bias = code.channelVector(other, channels: code.type(instruction.outputs[0]).shape.last, producers),
          producers[bias] < index
        {
          fused.hasBias = true
          inputs.append(bias)
          last = add
        }
      }
      if let after = next(), let activation = Epilogue(code.instructions[after].operation) {
        fused.activation = activation
        last = after
      }
      guard last != index else { continue }
      // The fused kernel stands where the base stood; its result is the last one's.
      let result = code.instructions[last].outputs
      code.instructions[last].outputs = [code.newValue(code.type(result[0]))]
      code.instructions[index].operation = fused
      code.instructions[index].inputs = inputs
      code.instructions[index].outputs = result
    }
    // Instructions that were folded away now feed on a value nobody makes; they are dead.
    let made = Set(code.instructions.flatMap(\.outputs) + code.inputs)
    var missing = Set(code.instructions.flatMap(\.inputs).filter { !made.contains($0) })
    code.instructions.removeAll { instruction in
      guard instruction.inputs.contains(where: missing.contains) else { return false }
      missing.formUnion(instruction.outputs)
      return true
    }
  }

  private func foldBackward(_ code: inout Code) {
    // dy → the sum over all axes but the last, as it comes from the gradient of a stretched bias.
    var sums: [Int: Int] = [:]
    for (index, instruction) in code.instructions.enumerated() {
      guard let reduce = instruction.operation as? Reduce, reduce.kind == .sum else { continue }
      let shape = code.type(instruction.inputs[0]).shape
      if reduce.axes == Array(0..<(shape.rank - 1)), shape.rank >= 2 { sums[instruction.inputs[0]] = index }
    }
    let producers = code.producers()
    var moved: Set<Int> = []
    var inserted: [Int: Code.Instruction] = [:]
    for index in code.instructions.indices {
      let instruction = code.instructions[index]
      let base: FusedKernelGradient.Base
      switch instruction.operation {
      case let operation as ConvolutionKernelGradient: base = .convolution(operation)
      case let operation as Contraction
      where operation.transposesLeft && !operation.transposesRight && code.type(instruction.outputs[0]).shape.rank == 2:
        base = .contraction(operation)
      default: continue
      }
      let (x, dy) = (instruction.inputs[0], instruction.inputs[1])
      guard code.type(dy).dtype == .float32, code.type(x).shape.count > 0, let sum = sums[dy],
        producers[x] < min(sum, index)
      else {
        continue
      }
      sums[dy] = nil
      let total = code.instructions[sum].outputs[0]
      let vector = code.newValue(TensorType([code.type(dy).shape.last], .float32))
      let reshape = Code.Instruction(
        Reshape(shape: code.type(total).shape), inputs: [vector], outputs: [total], path: code.instructions[sum].path)
      let fused = Code.Instruction(
        FusedKernelGradient(base: base), inputs: instruction.inputs, outputs: instruction.outputs + [vector],
        path: instruction.path)
      // Both stand where the first of the two stood.
      if sum < index {
        code.instructions[sum] = fused
        inserted[sum] = reshape
        moved.insert(index)
      } else {
        code.instructions[index] = fused
        code.instructions[sum] = reshape
      }
    }
    code.instructions = code.instructions.enumerated().flatMap { index, instruction -> [Code.Instruction] in
      if moved.contains(index) { return [] }
      return [instruction] + (inserted[index].map { [$0] } ?? [])
    }
  }
}
