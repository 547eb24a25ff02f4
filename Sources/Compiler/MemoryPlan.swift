// Where every value lives: in the arena by lifetime, in a variable, in the caller's memory, or in another value's place.
import CajalGraph

/// The place of a value's bytes.
package enum Place: Hashable, Sendable {
  case arena(offset: Int)
  /// Memory of this program alone, kept between runs: what depends on parameters only.
  case kept(offset: Int)
  case variable(Int)
  case input(Int)
  case output(Int)
  case constant(Int)
}

/// What the planner must know of a kernel.
package struct KernelNeeds {
  /// Output whose memory may be an input's, if that input is dead afterwards and lies alike: (output, input) positions.
  package var inPlace: [(output: Int, input: Int)] = []
  /// The output is the input's memory under another type.
  package var isView = false
  /// Bytes of working memory while it runs.
  package var scratch = 0
  /// Bytes that it keeps between runs: operands that rarely change, as it likes them.
  package var kept = 0
  package init() {}
}

/// Places for all values of a program.
package struct MemoryPlan {
  package private(set) var places: [Place?]
  package private(set) var scratch: [Place?]
  /// What each kernel keeps between runs.
  package private(set) var kept: [Place?]
  package private(set) var arenaBytes = 0
  package private(set) var keptBytes = 0
  package private(set) var variables: [Variable] = []
  package private(set) var constants: [Storage] = []
  /// Bytes the arena would need without sharing, for people.
  package private(set) var unsharedBytes = 0
  private var variableIndex: [ObjectIdentifier: Int] = [:]

  /// - Parameters:
  ///   - preparation: Number of instructions at the front whose results are kept between runs.
  ///   - reuses: Whether memory is shared between values at all (a pass that can be switched off).
  package init(_ code: Code, needs: [KernelNeeds], preparation: Int = 0, reuses: Bool) {
    places = Array(repeating: nil, count: code.values.count)
    scratch = Array(repeating: nil, count: code.instructions.count)
    kept = scratch
    for (index, input) in code.inputs.enumerated() { places[input] = .input(index) }
    placeSources(code)

    for index in 0..<preparation where !needs[index].isView {
      for output in code.instructions[index].outputs where places[output] == nil {
        places[output] = .kept(offset: keptBytes)
        keptBytes += (code.type(output).byteCount + 63) / 64 * 64
      }
    }

    for index in code.instructions.indices where needs[index].kept > 0 {
      kept[index] = .kept(offset: keptBytes)
      keptBytes += (needs[index].kept + 63) / 64 * 64
    }

    // The last reader of each value; what leaves the program lives to its end.
    let end = code.instructions.count
    var root = Array(code.values.indices)
    func find(_ value: Int) -> Int {
      var value = value
      while root[value] != value { value = root[value] }
      return value
    }
    for (index, instruction) in code.instructions.enumerated() where needs[index].isView {
      root[instruction.outputs[0]] = instruction.inputs[0]
    }
    var first = [Int](repeating: Int.max, count: code.values.count)
    var last = [Int](repeating: -1, count: code.values.count)
    for (index, instruction) in code.instructions.enumerated() {
      for value in instruction.inputs + instruction.outputs {
        let owner = find(value)
        first[owner] = min(first[owner], index)
        last[owner] = max(last[owner], index)
      }
    }

    // Results go straight to where they belong, unless the value already lives somewhere.
    for (index, value) in code.outputs.enumerated() {
      let owner = find(value)
      if places[owner] == nil, owner == value { places[owner] = .output(index) } else { last[owner] = end }
    }
    for update in code.updates {
      let owner = find(update.value)
      guard let variable = variableIndex[ObjectIdentifier(update.variable)], places[owner] == nil,
        owner == update.value,
        code.values[update.value].layout ?? .rowMajor(update.variable.type.shape) == update.variable.layout,
        canOverwrite(update, code, needs, find)
      else {
        last[owner] = end
        continue
      }
      places[owner] = .variable(variable)
    }

    // In place: a result takes over the memory of an input that nobody reads afterwards.
    if reuses {
      for (index, instruction) in code.instructions.enumerated() {
        for pair in needs[index].inPlace {
          let output = instruction.outputs[pair.output]
          let source = find(instruction.inputs[pair.input])
          guard places[output] == nil, root[output] == output, places[source] == nil, last[source] == index,
            code.type(output).byteCount == code.type(source).byteCount,
            instruction.inputs.filter({ find($0) == source }).count == 1
          else { continue }
          root[output] = source
          last[source] = last[output]
        }
      }
    }

    var blocks: [Block] = []
    for value in code.values.indices where find(value) == value && places[value] == nil && first[value] != Int.max {
      blocks.append(
        Block(
          value: value, scratchOf: nil, bytes: code.type(value).byteCount, first: first[value],
          last: max(last[value], first[value])))
    }
    for index in code.instructions.indices where needs[index].scratch > 0 {
      blocks.append(Block(value: nil, scratchOf: index, bytes: needs[index].scratch, first: index, last: index))
    }
    place(blocks, reuses: reuses)
    for value in code.values.indices where find(value) != value { places[value] = places[find(value)] }
  }

  private mutating func placeSources(_ code: Code) {
    func index(of variable: Variable) -> Int {
      if let known = variableIndex[ObjectIdentifier(variable)] { return known }
      variables.append(variable)
      variableIndex[ObjectIdentifier(variable)] = variables.count - 1
      return variables.count - 1
    }
    for instruction in code.instructions {
      switch instruction.operation {
      case let read as ReadVariable: places[instruction.outputs[0]] = .variable(index(of: read.variable))
      case let constant as Constant:
        constants.append(constant.storage)
        places[instruction.outputs[0]] = .constant(constants.count - 1)
      default: break
      }
    }
    for update in code.updates { _ = index(of: update.variable) }
  }

  /// Whether the new value may be written over the old one as it is made: every reader of the old value comes earlier, or
  /// is the writer itself, working in place.
  private func canOverwrite(_ update: Code.Update, _ code: Code, _ needs: [KernelNeeds], _ find: (Int) -> Int) -> Bool {
    guard code.updates.filter({ $0.variable === update.variable || $0.value == update.value }).count == 1,
      !code.outputs.contains(where: { find($0) == find(update.value) }),
      let writer = code.instructions.firstIndex(where: { $0.outputs.contains(update.value) })
    else { return false }
    let position = code.instructions[writer].outputs.firstIndex(of: update.value) ?? 0
    for (index, instruction) in code.instructions.enumerated() where index >= writer {
      for (place, input) in instruction.inputs.enumerated() {
        let source = find(input)
        guard case .variable(let known)? = places[source], variables[known] === update.variable else { continue }
        guard index == writer, needs[writer].inPlace.contains(where: { $0.output == position && $0.input == place })
        else {
          return false
        }
      }
    }
    // An output that is the variable's old value would change under the caller.
    return !code.outputs.contains { output in
      guard case .variable(let known)? = places[find(output)] else { return false }
      return variables[known] === update.variable
    }
  }

  // MARK: - The arena

  private struct Block {
    var value: Int?
    var scratchOf: Int?
    var bytes: Int
    var first: Int
    var last: Int
  }

  /// Largest first, each at the lowest offset where nothing alive at the same time lies.
  private mutating func place(_ blocks: [Block], reuses: Bool) {
    var placed: [(offset: Int, block: Block)] = []
    for block in blocks.sorted(by: { ($0.bytes, $1.first) > ($1.bytes, $0.first) }) {
      let size = (block.bytes + 63) / 64 * 64
      unsharedBytes += size
      var offset = 0
      if reuses {
        let neighbours = placed.filter { $0.block.first <= block.last && block.first <= $0.block.last }
        for other in neighbours.sorted(by: { $0.offset < $1.offset }) {
          if offset + size <= other.offset { break }
          offset = max(offset, other.offset + (other.block.bytes + 63) / 64 * 64)
        }
      } else {
        offset = arenaBytes
      }
      placed.append((offset, block))
      arenaBytes = max(arenaBytes, offset + size)
      if let value = block.value { places[value] = .arena(offset: offset) }
      if let index = block.scratchOf { scratch[index] = .arena(offset: offset) }
    }
  }
}
