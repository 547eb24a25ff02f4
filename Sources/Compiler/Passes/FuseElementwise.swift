// Elementwise work becomes maps: one pass over memory for as many neighbours as can share it.
import CajalGraph

/// Turns elementwise functions, casts, clips, stretches and reductions into maps, joining neighbours of one iteration
/// space. Switched off, every operation becomes a map of its own.
package struct FuseElementwise: Pass {
  package static let name = "fuse-elementwise"
  private let joins: Bool
  private static let mostSteps = 100
  private static let mostOperands = 32

  package init(joins: Bool = true) { self.joins = joins }

  package var substitute: (any Pass)? { FuseElementwise(joins: false) }

  package func run(_ code: inout Code) throws {
    var groups = Groups(code)
    if joins {
      for index in code.instructions.indices where groups.isFusible(index) { join(index, code, &groups) }
    }
    emit(&code, groups)
  }

  // MARK: - Which instructions share a map

  private func join(_ index: Int, _ code: Code, _ groups: inout Groups) {
    for value in code.instructions[index].inputs {
      let producer = groups.producers[value]
      guard producer >= 0, groups.isFusible(producer), !(code.instructions[producer].operation is Reduce),
        !(code.instructions[producer].operation is Fill), !(code.instructions[producer].operation is Broadcast)
      else { continue }
      let (mine, theirs) = (groups.group[index], groups.group[producer])
      guard mine != theirs, groups.space[mine] == groups.space[theirs],
        let arithmetic = compatible(groups.arithmetic[mine], groups.arithmetic[theirs]),
        groups.members[mine].count + groups.members[theirs].count <= Self.mostSteps,
        groups.operandCount(mine, theirs, code) <= Self.mostOperands,
        !groups.pathOutside(between: mine, and: theirs, code)
      else { continue }
      groups.merge(mine, into: theirs, arithmetic: arithmetic)
    }
  }

  private func compatible(_ a: Arithmetic?, _ b: Arithmetic?) -> Arithmetic?? {
    guard let a else { return .some(b) }
    guard let b else { return .some(a) }
    return a == b ? .some(a) : nil
  }

  // MARK: - Making the maps

  private func emit(_ code: inout Code, _ groups: Groups) {
    let uses = code.useCounts()
    var instructions: [Code.Instruction] = []
    for group in groups.order(code) {
      let members = groups.members[group]
      guard groups.isFusible(members[0]) else {
        instructions.append(contentsOf: members.map { code.instructions[$0] })
        continue
      }
      if members.count == 1, code.instructions[members[0]].operation is Fill {
        instructions.append(code.instructions[members[0]])
        continue
      }
      let builder = MapBuilder(members, groups.space[group], groups.arithmetic[group] ?? .single, code, groups, uses)
      instructions.append(builder.instruction)
    }
    code.instructions = instructions
    code.removeDeadInstructions()
  }
}

/// Builds one map from its members.
private struct MapBuilder {
  private var map: FusedMap
  private var inputs: [Int] = []
  private var inputTypes: [DType] = []
  private var pending: [(FusedMap.Step.Kind, [Operand], DType)] = []
  private var operand: [Int: Operand] = [:]
  /// Fills by the bits of their number.
  private var fills: [UInt64: [DType: Int]] = [:]
  private(set) var instruction: Code.Instruction

  private enum Operand {
    case input(Int)
    case step(Int)
  }

  init(
    _ members: [Int], _ space: Shape, _ arithmetic: Arithmetic, _ code: Code, _ groups: FuseElementwise.Groups,
    _ uses: [Int]
  ) {
    map = FusedMap(shape: space, inputTypes: [], steps: [], outputs: [], arithmetic: arithmetic)
    instruction = code.instructions[members[members.count - 1]]
    let inside = Set(members)
    var stored: [(Operand, Reduce.Kind?, [Int], Int)] = []
    for member in members {
      let instruction = code.instructions[member]
      let arguments = instruction.inputs.map { resolve($0, code, groups, inside) }
      let result = instruction.outputs[0]
      let dtype = code.type(result).dtype
      switch instruction.operation {
      case let elementwise as Elementwise: add(.function(elementwise.function), arguments, dtype, result)
      case let clip as Clip: add(.clip(lower: clip.lower, upper: clip.upper), arguments, dtype, result)
      case is Cast: add(.cast, arguments, dtype, result)
      case let reduce as Reduce: stored.append((arguments[0], reduce.kind, reduce.axes, result))
      default: operand[result] = arguments[0]  // a stretch on its own
      }
      let isReduce = instruction.operation is Reduce
      if !isReduce, let value = operand[result], groups.isUsedOutside(result, inside, uses, code) {
        stored.append((value, nil, [], result))
      }
    }
    func register(_ operand: Operand) -> Int {
      switch operand {
      case .input(let index): return index
      case .step(let index): return inputs.count + index
      }
    }
    map.inputTypes = inputTypes
    map.steps = pending.map { FusedMap.Step(kind: $0.0, arguments: $0.1.map(register), dtype: $0.2) }
    map.outputs = stored.map { FusedMap.Output(register: register($0.0), reduction: $0.1, axes: $0.2) }
    instruction = Code.Instruction(map, inputs: inputs, outputs: stored.map(\.3), path: instruction.path)
  }

  private mutating func add(_ kind: FusedMap.Step.Kind, _ arguments: [Operand], _ dtype: DType, _ result: Int) {
    pending.append((kind, arguments, dtype))
    operand[result] = .step(pending.count - 1)
  }

  /// An argument: a member's result, a number, or something read from memory (through a stretch).
  private mutating func resolve(_ value: Int, _ code: Code, _ groups: FuseElementwise.Groups, _ inside: Set<Int>)
    -> Operand
  {
    if let known = operand[value] { return known }
    let producer = groups.producers[value]
    if producer >= 0, let fill = code.instructions[producer].operation as? Fill {
      if let known = fills[fill.value.bitPattern]?[fill.type.dtype] { return .step(known) }
      pending.append((.fill(fill.value), [], fill.type.dtype))
      fills[fill.value.bitPattern, default: [:]][fill.type.dtype] = pending.count - 1
      return .step(pending.count - 1)
    }
    var source = value
    if producer >= 0, !inside.contains(producer), code.instructions[producer].operation is Broadcast {
      source = code.instructions[producer].inputs[0]
      if source != value, let known = operand[source], case .input = known { return known }
    }
    let index = inputs.count
    inputs.append(source)
    inputTypes.append(code.type(source).dtype)
    operand[value] = .input(index)
    operand[source] = .input(index)
    return .input(index)
  }
}
