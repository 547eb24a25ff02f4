import CajalGraph

/// The same operation on the same values is computed once.
package struct Share: Pass {
  package static let name = "share"
  package init() {}

  private struct Key: Hashable {
    var operation: AnyHashable
    var kind: ObjectIdentifier
    var inputs: [Int]
  }

  package func run(_ code: inout Code) throws {
    var first: [Key: [Int]] = [:]
    var replaced: [Int: Int] = [:]
    var kept: [Code.Instruction] = []
    kept.reserveCapacity(code.instructions.count)
    for var instruction in code.instructions {
      instruction.inputs = instruction.inputs.map { replaced[$0] ?? $0 }
      var inputs = instruction.inputs
      if let elementwise = instruction.operation as? Elementwise, elementwise.function.isCommutative { inputs.sort() }
      let key = Key(
        operation: AnyHashable(instruction.operation), kind: ObjectIdentifier(type(of: instruction.operation)),
        inputs: inputs)
      if instruction.operation.isShareable, let known = first[key] {
        for (mine, theirs) in zip(instruction.outputs, known) { replaced[mine] = theirs }
        continue
      }
      first[key] = instruction.outputs
      kept.append(instruction)
    }
    code.instructions = kept
    code.outputs = code.outputs.map { replaced[$0] ?? $0 }
    for index in code.updates.indices {
      code.updates[index].value = replaced[code.updates[index].value] ?? code.updates[index].value
    }
  }
}

/// What nobody uses is not computed.
package struct RemoveDead: Pass {
  package static let name = "remove-dead"
  package init() {}
  package func run(_ code: inout Code) throws { code.removeDeadInstructions() }
}
