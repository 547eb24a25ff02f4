import CajalGraph

/// A mask behind the gradient of max pooling moves before it, where there is less to mask: for a condition p,
/// select(p(x), gradient(x, y, dy), 0) = gradient(x, y, select(p(y), dy, 0)), to the bit.
///
/// A window gives its dy to one element of x, whose value is the window's y, so p says the same of both. That holds for
/// each window by itself, whether or not windows overlap; what a masked window gives is the 0 that stands there anyway.
/// Masks of `relu` and `clip` read what they gave, which is x; those of leaky functions read what was before and stay.
package struct MaskBeforePooling: Pass {
  package static let name = "mask-before-pooling"
  package init() {}

  package func run(_ code: inout Code) throws {
    guard code.instructions.contains(where: { $0.operation is MaxPoolingGradient }) else { return }
    let producers = code.producers()
    let uses = code.useCounts()
    var before: [Int: [Code.Instruction]] = [:]
    var replaced: [Int: Int] = [:]
    for index in code.instructions.indices {
      guard let mask = Mask(code.instructions[index], code, producers, uses),
        let (value, made) = mask.moved(&code, producers)
      else { continue }
      before[mask.gradient] = made
      code.instructions[mask.gradient].inputs[2] = value
      replaced[code.instructions[index].outputs[0]] = code.instructions[mask.gradient].outputs[0]
    }
    guard !replaced.isEmpty else { return }
    code.instructions = code.instructions.enumerated().flatMap { (before[$0] ?? []) + [$1] }
    code.replaceUses(replaced)
    code.removeDeadInstructions()
  }

  /// A selection between the gradient of max pooling and zeros.
  private struct Mask {
    /// The instruction that is masked.
    let gradient: Int
    let condition: Int
    let passesWhereTrue: Bool
    let path: String

    init?(_ instruction: Code.Instruction, _ code: Code, _ producers: [Int], _ uses: [Int]) {
      guard (instruction.operation as? Elementwise)?.function == .select else { return nil }
      func back(_ value: Int) -> Int? {
        let maker = producers[value]
        return maker >= 0 && uses[value] == 1 && code.instructions[maker].operation is MaxPoolingGradient ? maker : nil
      }
      let (yes, no) = (instruction.inputs[1], instruction.inputs[2])
      if let maker = back(yes), code.isZero(no, producers) {
        (gradient, passesWhereTrue) = (maker, true)
      } else if let maker = back(no), code.isZero(yes, producers) {
        (gradient, passesWhereTrue) = (maker, false)
      } else {
        return nil
      }
      condition = instruction.inputs[0]
      path = instruction.path
      // y is what this pooling made of x, and smaller.
      let inputs = code.instructions[gradient].inputs
      guard producers[inputs[1]] >= 0, code.type(inputs[1]).shape.count < code.type(inputs[0]).shape.count,
        let pooling = code.instructions[producers[inputs[1]]].operation as? Pooling,
        pooling == (code.instructions[gradient].operation as? MaxPoolingGradient)?.pooling,
        code.instructions[producers[inputs[1]]].inputs == [inputs[0]]
      else { return nil }
    }

    /// Instructions that mask dy by y, with their result; nil where the condition reads more than x and numbers.
    func moved(_ code: inout Code, _ producers: [Int]) -> (value: Int, made: [Code.Instruction])? {
      let (x, y, dy) = (
        code.instructions[gradient].inputs[0], code.instructions[gradient].inputs[1],
        code.instructions[gradient].inputs[2]
      )
      let shape = code.type(y).shape
      var made: [Code.Instruction] = []
      func make(_ operation: any Operation, _ inputs: [Int], _ dtype: DType) -> Int {
        let value = code.newValue(TensorType(shape, dtype))
        made.append(Code.Instruction(operation, inputs: inputs, outputs: [value], path: path))
        return value
      }
      func fill(_ number: Double, _ dtype: DType) -> Int {
        make(Fill(value: number, type: TensorType(shape, dtype)), [], dtype)
      }
      /// The same of y. The limit keeps conditions small, and the walk from going deep.
      func ofOutput(_ value: Int) -> Int? {
        if value == x { return y }
        guard made.count < 16, producers[value] >= 0 else { return nil }
        if let number = code.fill(value, producers) { return fill(number, code.type(value).dtype) }
        let instruction = code.instructions[producers[value]]
        guard let operation = instruction.operation as? Elementwise, operation.function.isPredicate else { return nil }
        var inputs: [Int] = []
        for input in instruction.inputs {
          guard let input = ofOutput(input) else { return nil }
          inputs.append(input)
        }
        return make(operation, inputs, .bool)
      }
      guard let condition = ofOutput(condition) else { return nil }
      let dtype = code.type(dy).dtype
      let zero = fill(0, dtype)
      let inputs = passesWhereTrue ? [condition, dy, zero] : [condition, zero, dy]
      return (make(Elementwise(.select), inputs, dtype), made)
    }
  }
}
