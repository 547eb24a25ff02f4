import CajalGraph

/// Transposes move past what follows them, so that they meet others and vanish: sums of two arrays transposed alike, parts of
/// one, and several joined along an axis become a transpose of the sum, the part, the whole.
///
/// Layers over time work with time first, whatever lies between them; each of them transposes what it takes and gives.
package struct SinkTransposes: Pass {
  package static let name = "sink-transposes"
  package init() {}

  package func run(_ code: inout Code) throws {
    var maker: [Int: Code.Instruction] = [:]
    let users = Users(code)
    var result: [Code.Instruction] = []
    for instruction in code.instructions {
      guard let (before, after) = sunk(instruction, &code, maker, users) else {
        for output in instruction.outputs { maker[output] = instruction }
        result.append(instruction)
        continue
      }
      for made in [before, after] {
        for output in made.outputs { maker[output] = made }
        result.append(made)
      }
    }
    code.instructions = result
    code.removeDeadInstructions()
  }

  /// Who reads each value.
  private struct Users {
    var counts: [Int]
    /// Reads by slices.
    var slices: [Int]

    init(_ code: Code) {
      counts = code.useCounts()
      slices = [Int](repeating: 0, count: code.values.count)
      for instruction in code.instructions where instruction.operation is Slice { slices[instruction.inputs[0]] += 1 }
    }
  }

  /// The instruction on what was transposed, and the transpose after it.
  private func sunk(
    _ instruction: Code.Instruction, _ code: inout Code, _ maker: [Int: Code.Instruction], _ users: Users
  ) -> (Code.Instruction, Code.Instruction)? {
    let transposes = instruction.inputs.compactMap { maker[$0]?.operation as? Transpose }
    guard let first = transposes.first, transposes.count == instruction.inputs.count, Set(transposes).count == 1 else {
      return nil
    }
    let permutation = first.permutation
    func isOnlyUse(_ value: Int) -> Bool { value < users.counts.count ? users.counts[value] == 1 : true }
    let operation: any Operation
    switch instruction.operation {
    case let elementwise as Elementwise where instruction.inputs.allSatisfy(isOnlyUse) && instruction.inputs.count > 1:
      operation = elementwise
    case let concatenate as Concatenate where instruction.inputs.allSatisfy(isOnlyUse):
      operation = Concatenate(axis: permutation[concatenate.axis])
    case let slice as Slice where isCut(instruction.inputs[0], users):
      func back(_ numbers: [Int]) -> [Int] {
        var moved = numbers
        for (axis, source) in permutation.enumerated() { moved[source] = numbers[axis] }
        return moved
      }
      operation = Slice(starts: back(slice.starts), limits: back(slice.limits), strides: back(slice.strides))
    default: return nil
    }
    let sources = instruction.inputs.compactMap { maker[$0]?.inputs[0] }
    guard let types = try? operation.result(sources.map(code.type)) else { return nil }
    let value = code.newValue(types[0])
    return (
      Code.Instruction(operation, inputs: sources, outputs: [value], path: instruction.path),
      Code.Instruction(first, inputs: [value], outputs: instruction.outputs, path: instruction.path)
    )
  }

  /// Whether nothing but slices reads a value: then it need not be there as a whole.
  private func isCut(_ value: Int, _ users: Users) -> Bool {
    value < users.counts.count && users.counts[value] == users.slices[value]
  }
}
