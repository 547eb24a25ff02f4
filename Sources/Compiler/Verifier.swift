import CajalGraph

extension Code {
  /// Single definition, definition before use, and the types that every operation infers.
  package func verify(after pass: String) throws {
    func wrong(_ what: String) -> CajalError {
      CajalError(
        .unsupported, "compiler", expected: "sound code after \(pass)", given: what,
        advice: "This is a defect of Cajal.")
    }
    var defined = [Bool](repeating: false, count: values.count)
    for input in inputs { defined[input] = true }
    for instruction in instructions {
      for input in instruction.inputs where !defined[input] {
        throw wrong("\(instruction.operation.label) uses value \(input) before it is made")
      }
      let inferred = try instruction.operation.result(instruction.inputs.map(type))
      guard inferred.count == instruction.outputs.count else {
        throw wrong("\(instruction.operation.label) has \(instruction.outputs.count) results, not \(inferred.count)")
      }
      for (output, type) in zip(instruction.outputs, inferred) {
        guard !defined[output] else { throw wrong("value \(output) is made twice") }
        guard values[output].type == type else {
          throw wrong("\(instruction.operation.label) gives \(type), not \(values[output].type)")
        }
        defined[output] = true
      }
    }
    for output in outputs + updates.map(\.value) where !defined[output] { throw wrong("result \(output) is not made") }
    for update in updates where values[update.value].type != update.variable.type {
      throw wrong("\(update.variable.name) is \(update.variable.type) and would become \(values[update.value].type)")
    }
  }
}
