// A fused map in the vector kernels' own instructions.
import CajalCompiler
import CajalGraph
import VectorKernels

/// The instructions of one map; affine arguments ride along for free.
struct MapProgram {
  private let map: FusedMap
  private var instructions: [vk_instruction] = []
  /// Register of each step's result, and for `scale · register + shift` the two numbers.
  private var values: [Value] = []
  /// Constants by their bits: 0 and -0 are two.
  private var constants: [UInt64: UInt8] = [:]
  private var next: Int

  private struct Value {
    var register: UInt8
    var scale = 1.0
    var shift = 0.0
    var isPlain: Bool { scale == 1 && shift == 0 }
  }

  init(_ map: FusedMap) {
    self.map = map
    next = map.inputTypes.count
    values = map.inputTypes.indices.map { Value(register: UInt8($0)) }
    for step in map.steps { values.append(lower(step)) }
    for output in map.outputs { values[output.register] = Value(register: plain(values[output.register])) }
  }

  /// A guess at the cost of one element on one core.
  var nanosecondsPerElement: Double {
    let costs = instructions.reduce(0.0) { sum, instruction in
      switch vk_operation(UInt32(instruction.op)) {
      case VK_EXP, VK_EXPM1, VK_LOG, VK_LOG1P, VK_TANH, VK_SIGMOID, VK_SOFTPLUS, VK_ERF, VK_SIN, VK_COS, VK_TAN, VK_POW:
        return sum + 0.15
      case VK_DIV, VK_SQRT, VK_RSQRT, VK_RECIPROCAL: return sum + 0.1
      default: return sum + 0.025
      }
    }
    let memory = Double(map.inputTypes.count + map.outputs.count) * 0.08
    return (costs + memory) * (map.arithmetic == .single ? 1 : 4)
  }

  private mutating func emit(
    _ op: vk_operation, _ a: UInt8 = 0, _ b: UInt8 = 0, _ c: UInt8 = 0, scale: Double = 1, shift: Double = 0
  ) -> UInt8 {
    let register = UInt8(next)
    next += 1
    instructions.append(
      vk_instruction(op: UInt8(op.rawValue), dst: register, a: a, b: b, c: c, scale: scale, shift: shift))
    return register
  }

  /// The register that holds a value, affine part included.
  private mutating func plain(_ value: Value) -> UInt8 {
    value.isPlain ? value.register : emit(VK_AFFINE, value.register, scale: value.scale, shift: value.shift)
  }

  private mutating func constant(_ number: Double) -> UInt8 {
    if let known = constants[number.bitPattern] { return known }
    let register = emit(VK_CONSTANT, shift: number)
    constants[number.bitPattern] = register
    return register
  }

  private func number(_ register: Int) -> Double? {
    guard register >= map.inputTypes.count, case .fill(let value) = map.steps[register - map.inputTypes.count].kind
    else {
      return nil
    }
    return value
  }

  private mutating func lower(_ step: FusedMap.Step) -> Value {
    switch step.kind {
    case .fill(let value): return Value(register: constant(value))
    case .cast: return cast(step)
    case .clip(let lower, let upper):
      let x = plain(values[step.arguments[0]])
      let atLeast = lower == -.infinity ? x : emit(VK_MAX, x, constant(lower))
      return Value(register: upper == .infinity ? atLeast : emit(VK_MIN, atLeast, constant(upper)))
    case .function(let function):
      if function.arity == 1 { return unary(function, step) }
      if let value = affine(function, step) { return value }
      let a = plain(values[step.arguments[0]])
      let b = plain(values[step.arguments[1]])
      if function == .select { return Value(register: emit(VK_SELECT, b, plain(values[step.arguments[2]]), a)) }
      return Value(register: emit(MapProgram.binary(function), a, b))
    }
  }

  private mutating func unary(_ function: ElementwiseFunction, _ step: FusedMap.Step) -> Value {
    let argument = values[step.arguments[0]]
    if function == .negate, map.arithmetic != .integer {
      return Value(register: argument.register, scale: -argument.scale, shift: -argument.shift)
    }
    return Value(
      register: emit(MapProgram.unary(function), argument.register, scale: argument.scale, shift: argument.shift))
  }

  /// Sums and products with a number, for floating arithmetic: kept aside as `scale · x + shift`.
  private mutating func affine(_ function: ElementwiseFunction, _ step: FusedMap.Step) -> Value? {
    guard map.arithmetic != .integer, function.arity == 2 else { return nil }
    let (left, right) = (number(step.arguments[0]), number(step.arguments[1]))
    let (a, b) = (values[step.arguments[0]], values[step.arguments[1]])
    switch (function, left, right) {
    case (.add, nil, let c?) where a.shift == 0: return Value(register: a.register, scale: a.scale, shift: c)
    case (.add, let c?, nil) where b.shift == 0: return Value(register: b.register, scale: b.scale, shift: c)
    case (.subtract, nil, let c?) where a.shift == 0: return Value(register: a.register, scale: a.scale, shift: -c)
    case (.subtract, let c?, nil) where b.shift == 0: return Value(register: b.register, scale: -b.scale, shift: c)
    case (.multiply, nil, let c?) where a.isPlain: return Value(register: a.register, scale: c)
    case (.multiply, let c?, nil) where b.isPlain: return Value(register: b.register, scale: c)
    case (.divide, nil, let c?) where a.isPlain && c != 0 && c.significand == 1 && c.isNormal:
      return Value(register: a.register, scale: 1 / c)
    default: return nil
    }
  }

  private mutating func cast(_ step: FusedMap.Step) -> Value {
    let source = values[step.arguments[0]]
    let from =
      step.arguments[0] < map.inputTypes.count
      ? map.inputTypes[step.arguments[0]] : map.steps[step.arguments[0] - map.inputTypes.count].dtype
    if step.dtype == .bool { return Value(register: emit(VK_NE, plain(source), constant(0))) }
    if step.dtype.isInteger, from.isFloating {
      return Value(register: emit(VK_TRUNC, source.register, scale: source.scale, shift: source.shift))
    }
    return source
  }

  // MARK: - The C description

  func create(_ spaces: [(dims: [Int64], strides: [Int64])], threads: Int32) throws -> OpaquePointer {
    let types = map.inputTypes.map(\.vk)
    let outputs = map.outputs.map { output in
      vk_output(
        reg: values[output.register].register, type: dtype(output.register).vk,
        mode: UInt8(MapProgram.mode(output.reduction).rawValue),
        across_segments: 0, scale: 0)
    }
    let arithmetic = map.arithmetic == .single ? VK_CLASS_F32 : map.arithmetic == .double ? VK_CLASS_F64 : VK_CLASS_I64
    let operands = map.inputTypes.count + map.outputs.count
    let none = [UnsafeMutableRawPointer?](repeating: nil, count: operands * spaces.count)
    // One block of numbers for all segments, so that pointers into it stay good for the call.
    let dims = spaces.flatMap(\.dims)
    let strides = spaces.flatMap(\.strides)
    var message = [CChar](repeating: 0, count: 512)
    let created = dims.withUnsafeBufferPointer { dims in
      strides.withUnsafeBufferPointer { strides in
        none.withUnsafeBufferPointer { pointers -> OpaquePointer? in
          var segments: [vk_segment] = []
          var (dim, stride) = (0, 0)
          for (index, space) in spaces.enumerated() {
            segments.append(
              vk_segment(
                rank: Int32(space.dims.count), dims: dims.baseAddress.map { $0 + dim },
                strides: strides.baseAddress.map { $0 + stride },
                pointers: pointers.baseAddress.map { $0 + index * operands }))
            dim += space.dims.count
            stride += space.strides.count
          }
          return types.withUnsafeBufferPointer { types in
            outputs.withUnsafeBufferPointer { outputs in
              instructions.withUnsafeBufferPointer { instructions in
                segments.withUnsafeBufferPointer { segments in
                  var description = vk_map_description(
                    class_: Int32(arithmetic.rawValue), threads: threads, inputs: Int32(types.count),
                    outputs: Int32(outputs.count), instructions: Int32(instructions.count),
                    segments: Int32(segments.count),
                    input_types: types.baseAddress, output: outputs.baseAddress, instruction: instructions.baseAddress,
                    segment: segments.baseAddress)
                  return vk_map_create(&description, &message, message.count)
                }
              }
            }
          }
        }
      }
    }
    guard let created else {
      let text = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw CajalError(
        .unsupported, map.label, expected: "a map the kernels take", given: text, advice: "This is a defect of Cajal.")
    }
    return created
  }

  private func dtype(_ register: Int) -> DType {
    register < map.inputTypes.count ? map.inputTypes[register] : map.steps[register - map.inputTypes.count].dtype
  }

  private static func mode(_ kind: Reduce.Kind?) -> vk_mode {
    switch kind {
    case nil: return VK_STORE
    case .sum: return VK_REDUCE_SUM
    case .product: return VK_REDUCE_PROD
    case .maximum: return VK_REDUCE_MAX
    case .minimum: return VK_REDUCE_MIN
    case .all: return VK_REDUCE_ALL
    case .any: return VK_REDUCE_ANY
    }
  }

  private static func unary(_ function: ElementwiseFunction) -> vk_operation {
    switch function {
    case .negate: return VK_NEG
    case .absolute: return VK_ABS
    case .sign: return VK_SIGN
    case .square: return VK_SQUARE
    case .reciprocal: return VK_RECIPROCAL
    case .sqrt: return VK_SQRT
    case .rsqrt: return VK_RSQRT
    case .exp: return VK_EXP
    case .expm1: return VK_EXPM1
    case .log: return VK_LOG
    case .log1p: return VK_LOG1P
    case .tanh: return VK_TANH
    case .sigmoid: return VK_SIGMOID
    case .relu: return VK_RELU
    case .softplus: return VK_SOFTPLUS
    case .erf: return VK_ERF
    case .sin: return VK_SIN
    case .cos: return VK_COS
    case .tan: return VK_TAN
    case .asin: return VK_ASIN
    case .acos: return VK_ACOS
    case .atan: return VK_ATAN
    case .sinh: return VK_SINH
    case .cosh: return VK_COSH
    case .asinh: return VK_ASINH
    case .acosh: return VK_ACOSH
    case .atanh: return VK_ATANH
    case .floor: return VK_FLOOR
    case .ceil: return VK_CEIL
    case .round: return VK_ROUND
    case .truncate: return VK_TRUNC
    case .not: return VK_NOT
    case .isFinite: return VK_ISFINITE
    case .isNaN: return VK_ISNAN
    default: return VK_AFFINE
    }
  }

  private static func binary(_ function: ElementwiseFunction) -> vk_operation {
    switch function {
    case .add: return VK_ADD
    case .subtract: return VK_SUB
    case .multiply: return VK_MUL
    case .divide: return VK_DIV
    case .power: return VK_POW
    case .maximum: return VK_MAX
    case .minimum: return VK_MIN
    case .modulo: return VK_MOD
    case .atan2: return VK_ATAN2
    case .equal: return VK_EQ
    case .notEqual: return VK_NE
    case .less: return VK_LT
    case .lessEqual: return VK_LE
    case .greater: return VK_GT
    case .greaterEqual: return VK_GE
    case .and: return VK_AND
    case .or: return VK_OR
    default: return VK_ADD
    }
  }
}
