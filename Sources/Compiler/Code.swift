// The compiler's form of a graph: flat arrays in execution order. Passes rewrite it; a backend lowers it.
import CajalGraph

/// A program before it is bound to memory: instructions in an order that respects their inputs.
package struct Code {
  /// One result of one instruction.
  package struct Value {
    package var type: TensorType
    /// How it lies in memory; nil until layouts are chosen, then the plain array unless said otherwise.
    package var layout: Layout?
    package init(_ type: TensorType) { self.type = type }
  }

  /// An operation on values.
  package struct Instruction {
    package var operation: any Operation
    package var inputs: [Int]
    package var outputs: [Int]
    /// The layer it came from.
    package var path: String
    package init(_ operation: any Operation, inputs: [Int], outputs: [Int], path: String) {
      self.operation = operation
      self.inputs = inputs
      self.outputs = outputs
      self.path = path
    }
  }

  /// A variable's next value, written at the end of the step.
  package struct Update {
    package var variable: Variable
    package var value: Int
  }

  package var values: [Value] = []
  package var instructions: [Instruction] = []
  /// What the caller gives, in the order of the request.
  package var inputs: [Int] = []
  /// What the caller gets.
  package var outputs: [Int] = []
  package var updates: [Update] = []
  /// What must be finite for the step to go on.
  package var guards: [Guard] = []
  /// Number of instructions at the front that the guards need; 0 where nothing can be guarded.
  package var guardEnd = 0

  package init() {}

  package mutating func newValue(_ type: TensorType) -> Int {
    values.append(Value(type))
    return values.count - 1
  }

  package func type(_ value: Int) -> TensorType { values[value].type }

  /// The value that a guard watches.
  package func value(_ guarded: Guard) -> Int {
    switch guarded {
    case .output(let index): return outputs[index]
    case .update(let index): return updates[index].value
    }
  }

  /// For every value the instruction that makes it (-1 for none).
  package func producers() -> [Int] {
    var producers = [Int](repeating: -1, count: values.count)
    for (index, instruction) in instructions.enumerated() {
      for output in instruction.outputs { producers[output] = index }
    }
    return producers
  }

  /// For every value the number of uses, counting what leaves the program.
  package func useCounts() -> [Int] {
    var uses = [Int](repeating: 0, count: values.count)
    for instruction in instructions { for input in instruction.inputs { uses[input] += 1 } }
    for output in outputs { uses[output] += 1 }
    for update in updates { uses[update.value] += 1 }
    return uses
  }

  /// Moves what depends on constants and on variables that no update changes before everything else.
  ///
  /// Says of every value whether it does, and how many instructions are in front.
  @discardableResult
  package mutating func moveConstantWorkToFront() -> (isConstant: [Bool], count: Int) {
    let changing = Set(updates.map { ObjectIdentifier($0.variable) })
    var isConstant = [Bool](repeating: false, count: values.count)
    var front: [Instruction] = []
    var rest: [Instruction] = []
    for instruction in instructions {
      let operation = instruction.operation
      let variable = (operation as? ReadVariable)?.variable
      let isSource =
        operation is Constant || operation is Fill
        || variable.map { !changing.contains(ObjectIdentifier($0)) } ?? false
      let isFixed = !instruction.inputs.isEmpty && !(operation is RandomValues)
      if isSource || isFixed && instruction.inputs.allSatisfy({ isConstant[$0] }) {
        for output in instruction.outputs { isConstant[output] = true }
        front.append(instruction)
      } else {
        rest.append(instruction)
      }
    }
    instructions = front + rest
    return (isConstant, front.count)
  }

  /// The number that a value holds everywhere, if a fill made it.
  package func fill(_ value: Int, _ producers: [Int]) -> Double? {
    guard producers[value] >= 0 else { return nil }
    let instruction = instructions[producers[value]]
    if let fill = instruction.operation as? Fill { return fill.value }
    guard instruction.operation is Broadcast || instruction.operation is Reshape,
      producers[instruction.inputs[0]] >= 0
    else { return nil }
    return (instructions[producers[instruction.inputs[0]]].operation as? Fill)?.value
  }

  /// Whether a value holds 0 everywhere, and not -0.
  package func isZero(_ value: Int, _ producers: [Int]) -> Bool {
    fill(value, producers).map { $0 == 0 && $0.sign == .plus } ?? false
  }

  /// Replaces values by others everywhere they are used.
  package mutating func replaceUses(_ replacement: [Int: Int]) {
    guard !replacement.isEmpty else { return }
    func final(_ value: Int) -> Int {
      var value = value
      while let next = replacement[value] { value = next }
      return value
    }
    for index in instructions.indices {
      for place in instructions[index].inputs.indices {
        instructions[index].inputs[place] = final(instructions[index].inputs[place])
      }
    }
    outputs = outputs.map(final)
    for index in updates.indices { updates[index].value = final(updates[index].value) }
  }

  /// Removes instructions whose results nobody uses.
  package mutating func removeDeadInstructions() {
    var live = Set(outputs)
    for update in updates { live.insert(update.value) }
    var kept: [Instruction] = []
    for instruction in instructions.reversed() where instruction.outputs.contains(where: live.contains) {
      kept.append(instruction)
      live.formUnion(instruction.inputs)
    }
    instructions = kept.reversed()
  }
}
