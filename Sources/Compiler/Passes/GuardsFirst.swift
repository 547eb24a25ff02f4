import CajalGraph

/// What the guards need comes first, so that a step whose loss is no number ends before a parameter has changed.
///
/// Nothing is guarded where a parameter, a slot or a counter changes on the way to the loss: it could not stay as it was.
package struct GuardsFirst: Pass {
  package static let name = "guards-first"
  package init() {}

  package func run(_ code: inout Code) throws {
    code.guardEnd = 0
    let guarded = Set(code.guards.map(code.value))
    let fits = guarded.allSatisfy {
      let type = code.type($0)
      return type.shape.count == 1 && (type.dtype == .float32 || type.dtype == .float64)
    }
    guard !guarded.isEmpty, fits else { return }
    var needed = guarded
    var isEarly = [Bool](repeating: false, count: code.instructions.count)
    for (index, instruction) in code.instructions.enumerated().reversed()
    where instruction.outputs.contains(where: needed.contains) {
      isEarly[index] = true
      needed.formUnion(instruction.inputs)
      needed.formUnion(instruction.outputs)
    }
    let staysAsItWas = code.updates.allSatisfy {
      $0.variable.role == .metric || $0.variable.role == .state || !needed.contains($0.value)
    }
    guard staysAsItWas else { return }
    let (front, rest) = (
      code.instructions.indices.filter { isEarly[$0] }, code.instructions.indices.filter { !isEarly[$0] }
    )
    code.instructions = (front + rest).map { code.instructions[$0] }
    code.guardEnd = front.count
  }
}
