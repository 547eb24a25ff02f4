import CajalGraph

/// The updates of all variables by one rule become one kernel: a map over segments, run when every gradient is there.
package struct MergeUpdates: Pass {
  package static let name = "merge-updates"
  package init() {}

  private struct Rule: Hashable {
    var map: FusedMap
    /// For each input whether it has the parameter's shape or is one number.
    var isScalar: [Bool]
  }

  package func run(_ code: inout Code) throws {
    let final = Set(code.updates.map(\.value))
    var groups: [Rule: [Int]] = [:]
    var order: [Rule] = []
    var readers = [Int](repeating: 0, count: code.values.count)
    for instruction in code.instructions { for input in instruction.inputs { readers[input] += 1 } }
    for value in code.outputs { readers[value] += 1 }
    for (index, instruction) in code.instructions.enumerated() {
      guard let map = instruction.operation as? FusedMap, map.shape.count > 0,
        map.outputs.allSatisfy({ $0.reduction == nil }),
        instruction.outputs.allSatisfy({ final.contains($0) && readers[$0] == 0 })
      else { continue }
      var isScalar: [Bool] = []
      for input in instruction.inputs {
        let shape = code.type(input).shape
        guard shape == map.shape || shape.count == 1 else { break }
        isScalar.append(shape != map.shape)
      }
      guard isScalar.count == instruction.inputs.count else { continue }
      var rule = Rule(map: map, isScalar: isScalar)
      rule.map.shape = []
      if groups[rule] == nil { order.append(rule) }
      groups[rule, default: []].append(index)
    }
    var removed: Set<Int> = []
    var merged: [Code.Instruction] = []
    for rule in order {
      guard let members = groups[rule], members.count > 1 else { continue }
      let instructions = members.map { code.instructions[$0] }
      let maps = instructions.compactMap { $0.operation as? FusedMap }
      merged.append(
        Code.Instruction(
          SegmentedMap(segments: maps), inputs: instructions.flatMap(\.inputs),
          outputs: instructions.flatMap(\.outputs), path: "update"))
      removed.formUnion(members)
    }
    guard !merged.isEmpty else { return }
    code.instructions =
      code.instructions.indices.filter { !removed.contains($0) }.map { code.instructions[$0] } + merged
  }
}
