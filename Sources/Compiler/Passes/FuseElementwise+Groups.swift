import CajalGraph

extension FuseElementwise {
  /// Instructions in groups that run as one; at first each is alone.
  struct Groups {
    let producers: [Int]
    /// The instructions that use a value.
    private let users: [[Int]]
    private(set) var group: [Int]
    private(set) var members: [[Int]]
    private(set) var space: [Shape]
    private(set) var arithmetic: [Arithmetic?]
    private let fusible: [Bool]

    init(_ code: Code) {
      producers = code.producers()
      var users = [[Int]](repeating: [], count: code.values.count)
      for (index, instruction) in code.instructions.enumerated() {
        for input in instruction.inputs { users[input].append(index) }
      }
      self.users = users
      group = Array(code.instructions.indices)
      members = code.instructions.indices.map { [$0] }
      fusible = code.instructions.map { Self.isFusible($0.operation) }
      space = code.instructions.map { instruction in
        code.type(instruction.operation is Reduce ? instruction.inputs[0] : instruction.outputs[0]).shape
      }
      arithmetic = code.instructions.map { instruction in
        switch instruction.operation {
        case let cast as Cast:
          // Loading converts, so an integer cast to a float belongs to the float's arithmetic.
          let from = code.type(instruction.inputs[0]).dtype
          return cast.dtype.isFloating ? Arithmetic(cast.dtype) : Arithmetic(from) ?? .integer
        case let elementwise as Elementwise where elementwise.function == .select:
          return Arithmetic(code.type(instruction.inputs[1]).dtype) ?? .integer
        default:
          guard let first = instruction.inputs.first else { return nil }
          return Arithmetic(code.type(first).dtype)
        }
      }
    }

    private static func isFusible(_ operation: any Operation) -> Bool {
      operation is Elementwise || operation is Clip || operation is Cast || operation is Reduce
        || operation is Broadcast
        || operation is Fill
    }

    func isFusible(_ index: Int) -> Bool { fusible[index] }

    mutating func merge(_ a: Int, into b: Int, arithmetic merged: Arithmetic?) {
      for member in members[a] { group[member] = b }
      members[b] = (members[b] + members[a]).sorted()
      members[a] = []
      arithmetic[b] = merged
    }

    /// A result that somebody outside the group reads: another group, the caller or a variable.
    func isUsedOutside(_ value: Int, _ inside: Set<Int>, _ uses: [Int], _ code: Code) -> Bool {
      let internalUses = users[value].reduce(0) { $0 + (inside.contains($1) ? 1 : 0) }
      return uses[value] > internalUses
    }

    func operandCount(_ a: Int, _ b: Int, _ code: Code) -> Int {
      var operands: Set<Int> = []
      for member in members[a] + members[b] { operands.formUnion(code.instructions[member].inputs) }
      return operands.count
    }

    /// Whether one group reaches the other through instructions of neither, or through a reduction: they cannot be one.
    func pathOutside(between a: Int, and b: Int, _ code: Code) -> Bool {
      let first = min(members[a][0], members[b][0])
      var visited: Set<Int> = []
      var stack: [Int] = []
      func isInside(_ index: Int) -> Bool { group[index] == a || group[index] == b }
      func push(_ value: Int, from reader: Int) -> Bool {
        let producer = producers[value]
        guard producer >= 0 else { return false }
        if isInside(producer) {
          // Inside, only a register may be handed on: not a reduction, not what storing would round, not through a stretch.
          return isInside(reader) ? code.instructions[producer].operation is Reduce || isRounding(producer, code) : true
        }
        let next = group[producer]
        if let last = members[next].last, last >= first, visited.insert(next).inserted { stack.append(next) }
        return false
      }
      for member in members[a] + members[b] {
        for value in code.instructions[member].inputs where push(value, from: member) { return true }
      }
      while let next = stack.popLast() {
        for member in members[next] {
          for value in code.instructions[member].inputs where push(value, from: member) { return true }
        }
      }
      return false
    }

    /// A cast to fewer digits than its argument may have: a register would keep them.
    private func isRounding(_ index: Int, _ code: Code) -> Bool {
      guard let cast = code.instructions[index].operation as? Cast else { return false }
      let (from, to) = (code.type(code.instructions[index].inputs[0]).dtype, cast.dtype)
      switch to {
      case .float16, .bfloat16: return from != to
      case .float32, .float64, .bool: return false
      default:
        return from != .bool
          && (from.isFloating || from.byteCount > to.byteCount || from.byteCount == to.byteCount && from != to)
      }
    }

    /// Groups in an order that respects their inputs, close to the original one.
    func order(_ code: Code) -> [Int] {
      var done = [Bool](repeating: false, count: members.count)
      var entered = done
      var order: [Int] = []
      let starts = members.indices.filter { !members[$0].isEmpty }.sorted {
        (members[$0].last ?? 0) < (members[$1].last ?? 0)
      }
      func inputs(_ group: Int) -> [Int] {
        var result: [Int] = []
        for member in members[group] {
          for value in code.instructions[member].inputs where producers[value] >= 0 {
            let other = self.group[producers[value]]
            if other != group { result.append(other) }
          }
        }
        return result
      }
      for start in starts where !done[start] {
        var stack: [(group: Int, inputs: [Int], next: Int)] = [(start, inputs(start), 0)]
        entered[start] = true
        while let (group, needed, next) = stack.last {
          if next < needed.count {
            stack[stack.count - 1].next += 1
            if !done[needed[next]], !entered[needed[next]] {
              entered[needed[next]] = true
              stack.append((needed[next], inputs(needed[next]), 0))
            }
          } else {
            done[group] = true
            order.append(group)
            stack.removeLast()
          }
        }
      }
      return order
    }
  }
}
