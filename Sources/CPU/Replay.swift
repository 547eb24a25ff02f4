// A step run again operation by operation: where numbers stop being finite.
import CajalCompiler
import CajalGraph

/// What made a result infinite or NaN.
package enum NonFiniteOrigin: Sendable {
  /// An input of the request has such numbers already.
  case input(Int, NumberReport)
  /// Variables have them already, in the order in which the results need them.
  case variables([(variable: Variable, report: NumberReport)])
  /// An operation makes them of finite ones.
  case operation(FaultyOperation)
  /// Run one by one the operations give finite results: the step's own were rounded over the edge of the range.
  case none(largest: FaultyOperation?)
}

/// An operation with its result and what it was made of.
package struct FaultyOperation: Sendable {
  /// What people read: `log`, `convolution`.
  package var name: String
  /// Path of the layer it belongs to.
  package var path: String
  package var result: NumberReport
  /// The range of the finite floats among its inputs; nil where it has none.
  package var inputs: ClosedRange<Double>?
}

/// Runs a request one operation after another on copies of its variables and looks at every result.
package struct Replay {
  private let program: Program
  /// The operation that makes each value, as it was before maps were made of it.
  private let names: [Int: String]
  /// The variables behind values.
  private let variables: [Int: Variable]

  /// - Parameter request: Only its inputs and outputs matter; all its variables are read now.
  package init(_ request: Request) throws {
    var names: [Int: String] = [:]
    var variables: [Int: Variable] = [:]
    let plain = Request(inputs: request.inputs, outputs: request.outputs)
    program = try Program(plain, settings: PassSettings(off: ["all"])) { code in
      for index in code.instructions.indices {
        let instruction = code.instructions[index]
        for output in instruction.outputs { names[output] = instruction.operation.label }
        guard let read = instruction.operation as? ReadVariable else { continue }
        variables[instruction.outputs[0]] = read.variable
        // A copy in the plain order: the replay neither changes the variable nor fixes how it lies.
        code.instructions[index].operation = Constant(
          storage: read.variable.value, shape: read.variable.type.shape, cutsHistory: false)
      }
    }
    self.names = names
    self.variables = variables
  }

  /// Runs on inputs in the order of the request; follows the first result that is not finite back to where it began.
  package func origin(inputs: [UnsafeMutableRawPointer]) throws -> NonFiniteOrigin {
    let results = program.code.outputs.map {
      Storage(program.code.type($0).dtype, count: program.code.type($0).shape.count)
    }
    return try withExtendedLifetime(results) {
      var reports: [Int: NumberReport] = [:]
      try program.runWatched(inputs: inputs, outputs: results.map(\.pointer)) { value, memory in
        reports[value] = NumberReport(memory, program.code.type(value))
      }
      return origin(reports)
    }
  }

  private func origin(_ reports: [Int: NumberReport]) -> NonFiniteOrigin {
    let meant = meant(reports)
    return origin(reports, excusing: meant.passedOn) ?? origin(reports, excusing: meant.written)
      ?? .none(largest: largest(reports))
  }

  /// Walks from the result back through what is not finite; the excused values are nobody's fault.
  private func origin(_ reports: [Int: NumberReport], excusing excused: Set<Int>) -> NonFiniteOrigin? {
    let code = program.code
    var reached = Set(code.outputs.filter { reports[$0]?.isFinite == false })
    var bad: [(variable: Variable, report: NumberReport)] = []
    var first: FaultyOperation?
    for instruction in code.instructions.reversed() where instruction.outputs.contains(where: reached.contains) {
      let result = instruction.outputs.first(where: reached.contains) ?? instruction.outputs[0]
      if let variable = variables[result], let report = reports[result] {
        bad.append((variable, report))
        continue
      }
      guard !excused.contains(result) else { continue }
      let blamed = instruction.inputs.filter { reports[$0]?.isFinite == false && !excused.contains($0) }
      reached.formUnion(blamed)
      if blamed.isEmpty { first = faulty(instruction, result, reports) }
    }
    if let input = code.inputs.firstIndex(where: reached.contains), let report = reports[code.inputs[input]] {
      return .input(input, report)
    }
    if !bad.isEmpty { return .variables(bad.reversed()) }
    return first.map { .operation($0) }
  }

  /// Infinities that were written down, as masks are, and those that operations pass on from them without making NaN.
  private func meant(_ reports: [Int: NumberReport]) -> (written: Set<Int>, passedOn: Set<Int>) {
    var written: Set<Int> = []
    var passedOn: Set<Int> = []
    for instruction in program.code.instructions {
      let results = instruction.outputs.filter { reports[$0]?.isFinite == false }
      guard let result = results.first else { continue }
      if instruction.inputs.isEmpty {
        if variables[result] == nil { written.formUnion(results) }
        continue
      }
      let bad = instruction.inputs.filter { reports[$0]?.isFinite == false }
      let isMeant =
        (!bad.isEmpty || writesInfinity(instruction))
        && bad.allSatisfy { written.contains($0) || passedOn.contains($0) }
      if isMeant, results.allSatisfy({ reports[$0]?.hasNaN == false }) { passedOn.formUnion(results) }
    }
    return (written, passedOn.union(written))
  }

  /// Whether a number that was written down lies inside the operation.
  private func writesInfinity(_ instruction: Code.Instruction) -> Bool {
    guard let map = instruction.operation as? FusedMap else { return false }
    return map.steps.contains { step in
      guard case .fill(let value) = step.kind else { return false }
      return !value.isFinite
    }
  }

  private func faulty(
    _ instruction: Code.Instruction, _ result: Int, _ reports: [Int: NumberReport]
  ) -> FaultyOperation? {
    guard let report = reports[result] else { return nil }
    let ranges = instruction.inputs.compactMap { reports[$0]?.range }
    let range = ranges.dropFirst().reduce(ranges.first) { all, next in
      all.map { min($0.lowerBound, next.lowerBound)...max($0.upperBound, next.upperBound) }
    }
    return FaultyOperation(
      name: names[result] ?? instruction.operation.label, path: instruction.path, result: report, inputs: range)
  }

  /// The operation with the largest numbers.
  private func largest(_ reports: [Int: NumberReport]) -> FaultyOperation? {
    let candidates = program.code.instructions.filter { !$0.inputs.isEmpty }.compactMap { instruction in
      instruction.outputs.first.flatMap { faulty(instruction, $0, reports) }
    }
    return candidates.max { $0.result.magnitude < $1.result.magnitude }
  }
}

extension Program {
  /// One run, kernel by kernel; `look` sees every floating value right after it is made, and the sources before.
  fileprivate func runWatched(
    inputs: [UnsafeMutableRawPointer], outputs: [UnsafeMutableRawPointer],
    _ look: (Int, UnsafeRawPointer) -> Void
  ) throws {
    prepare(inputs: inputs, outputs: outputs)
    func address(_ place: Place) -> UnsafeRawPointer? {
      switch place {
      case .arena(let offset): return arenaBase.map { UnsafeRawPointer($0 + offset) }
      case .constant(let index): return UnsafeRawPointer(plan.constants[index].pointer)
      case .variable(let index): return UnsafeRawPointer(plan.variables[index].storage.pointer)
      case .input(let index): return UnsafeRawPointer(inputs[index])
      case .output(let index): return UnsafeRawPointer(outputs[index])
      case .kept: return nil
      }
    }
    func lookAt(_ value: Int) {
      guard code.type(value).dtype.isFloating, let memory = plan.places[value].flatMap(address) else { return }
      look(value, memory)
    }
    // A result that nobody reads may have been left out.
    let read = Set(code.instructions.flatMap(\.inputs) + code.outputs)
    code.inputs.forEach(lookAt)
    for (index, kernel) in kernels.enumerated() {
      for step in kernel.steps { step.run(step.args) }
      if let error = kernel.firstError() { throw error }
      code.instructions[index].outputs.filter(read.contains).forEach(lookAt)
    }
  }
}
