// The order of the passes, and the lowering of each instruction.
import CajalCompiler
import CajalGraph

enum Compilation {
  /// The final code, how many instructions at its front depend on variables alone, and what each pass did.
  static func code(
    _ imported: Code, seconds: Double, _ request: Request, library: Library, settings: PassSettings
  ) throws -> (Code, preparation: Int, passes: [PassReport]) {
    var code = imported
    #if DEBUG
      try code.verify(after: "import")
    #endif
    var log = PassLog(imported: code, seconds: seconds)
    for pass in PassList.passes { try log.apply(pass, to: &code, settings) }
    try log.apply(MaterializeSources(), to: &code)
    try log.apply(FreshUpdates(), to: &code)
    try log.apply(Layouts(library: library, isTraining: request.isTraining, settings: settings), to: &code)
    try log.apply(GuardsFirst(), to: &code)
    guard !request.isTraining, settings.allows(.prepare) else { return (code, 0, log.reports) }
    let preparation = log.run("prepare", &code, prepare)
    return (code, preparation, log.reports)
  }

  /// Prediction computes what depends on parameters alone once for each version of them: folded and rearranged weights.
  private static func prepare(_ code: inout Code) -> Int {
    var moved = code
    let count = moved.moveConstantWorkToFront().count
    let results = Set(code.outputs + code.updates.map(\.value))
    guard !moved.instructions[..<count].contains(where: { $0.outputs.contains(where: results.contains) }) else {
      return 0
    }
    code = moved
    return count
  }

  static func kernels(
    _ code: Code, preparation: Int, isTraining: Bool, _ library: Library, _ settings: PassSettings
  ) throws -> [Kernel] {
    let used = Set(code.instructions.flatMap(\.inputs) + code.outputs + code.updates.map(\.value))
    let prepared = Set(code.instructions[..<preparation].flatMap(\.outputs))
    return try code.instructions.enumerated().map { index, instruction in
      try kernel(instruction, code, used, index < preparation ? [] : prepared, isTraining, library, settings)
    }
  }

  private static func kernel(
    _ instruction: Code.Instruction, _ code: Code, _ used: Set<Int>, _ prepared: Set<Int>, _ isTraining: Bool,
    _ library: Library, _ settings: PassSettings
  ) throws -> Kernel {
    func operand(_ value: Int) -> Operand {
      Operand(type: code.type(value), layout: code.values[value].layout ?? .rowMajor(code.type(value).shape))
    }
    let isSource = instruction.operation is Constant || instruction.operation is ReadVariable
    if isSource { return Kernel(instruction.operation.label, implementation: "memory") }
    guard let lowerable = instruction.operation as? any Lowerable else {
      throw CajalError(
        .unsupported, instruction.path.isEmpty ? "program" : instruction.path,
        expected: "an operation the processor runs",
        given: "\(instruction.operation.label) is none", advice: "This is a defect of Cajal.")
    }
    let site = Site(
      path: instruction.path, inputs: instruction.inputs.map(operand), outputs: instruction.outputs.map(operand),
      isUsed: instruction.outputs.map(used.contains), isPrepared: instruction.inputs.map(prepared.contains),
      isTraining: isTraining, library: library, settings: settings)
    do {
      let kernel = try lowerable.lower(site)
      kernel.kind = type(of: lowerable).kernelKind
      kernel.forks += kernel.primitives + (site.split.isWorthThreads ? kernel.steps.count - kernel.primitives : 0)
      return kernel
    } catch let error as CajalError {
      throw error.noticed(by: instruction.path)
    }
  }
}

/// What the processor runs whole.
package struct Processor: Backend {
  private let settings: PassSettings
  package init(_ settings: PassSettings = PassSettings()) { self.settings = settings }

  package func supports(_ operation: any Operation, inputs: [TensorType]) -> Bool {
    switch operation {
    case is RecurrentSequence, is RecurrentSequenceGradient:
      guard settings.allows(.recurrent), let lowerable = operation as? any Lowerable else { return false }
      return lowerable.isLowerable(inputs)
    case is Elementwise, is Clip, is Cast, is Broadcast, is Reduce, is Constant, is ReadVariable, is Iota: return true
    case let lowerable as any Lowerable: return lowerable.isLowerable(inputs)
    default: return false
    }
  }
}

/// Counters, and fills that a kernel reads as an array, become constants in memory.
struct MaterializeSources: Pass {
  static let name = "materialize-sources"
  private static let most = 16_384

  func run(_ code: inout Code) throws {
    for index in code.instructions.indices {
      switch code.instructions[index].operation {
      case let iota as Iota: code.instructions[index].operation = constant(iota.type) { $0 / iota.stride % iota.size }
      case let fill as Fill where fill.type.shape.count <= Self.most:
        guard let whole = Int(exactly: fill.value), fill.value.sign == .plus || whole != 0 else { break }
        code.instructions[index].operation = constant(fill.type) { _ in whole }
      default: break
      }
    }
  }

  private func constant(_ type: TensorType, _ value: (Int) -> Int) -> Constant {
    let storage = Storage(type.dtype, count: type.shape.count)
    func fill<Scalar>(_ convert: (Int) -> Scalar) {
      storage.withMutableBytes { bytes in
        let typed = bytes.bindMemory(to: Scalar.self)
        for index in 0..<type.shape.count { typed[index] = convert(value(index)) }
      }
    }
    switch type.dtype {
    case .float32: fill { Float($0) }
    case .float64: fill { Double($0) }
    case .bfloat16, .float16: fill { type.dtype.bits16(Float($0)) }
    case .int8: fill { Int8(truncatingIfNeeded: $0) }
    case .uint8: fill { UInt8(truncatingIfNeeded: $0) }
    case .int32: fill { Int32(truncatingIfNeeded: $0) }
    case .int64: fill { Int64($0) }
    case .bool: fill { $0 != 0 }
    }
    return Constant(storage: storage, shape: type.shape, cutsHistory: false)
  }
}

extension Iota {
  fileprivate var stride: Int { type.shape.rowMajorStrides[axis] }
  fileprivate var size: Int { max(type.shape[axis], 1) }
}

/// An update that is no kernel's own result (another variable, a constant, an input, a view) gets a copy made early, so
/// that variables may exchange values.
struct FreshUpdates: Pass {
  static let name = "fresh-updates"

  func run(_ code: inout Code) throws {
    let producers = code.producers()
    for index in code.updates.indices {
      let value = code.updates[index].value
      let operation = producers[value] >= 0 ? code.instructions[producers[value]].operation : nil
      let isOwn =
        operation != nil && !(operation is ReadVariable) && !(operation is Constant) && !(operation is Reshape)
      guard !isOwn else { continue }
      let type = code.type(value)
      let copy = FusedMap(
        shape: type.shape, inputTypes: [type.dtype], steps: [], outputs: [.init(register: 0, reduction: nil, axes: [])],
        arithmetic: Arithmetic(type.dtype) ?? .integer)
      code.updates[index].value = code.append(copy, inputs: [value], types: [type], path: "update")[0]
    }
  }
}
