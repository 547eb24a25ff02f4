import Testing
import VectorKernels

/// Every operation in every class, on special values and over the whole range of floats.
@Suite struct MapOperationTests {
  static let unary: [vk_operation] = (VK_AFFINE.rawValue...VK_ISNAN.rawValue).map { vk_operation($0) }
  static let binary: [vk_operation] = (VK_ADD.rawValue...VK_COMBINE.rawValue).map { vk_operation($0) }
  static let ternary: [vk_operation] = (VK_SELECT.rawValue...VK_COMBINE_QUOTIENT.rawValue).map { vk_operation($0) }

  static let special: [Double] = [
    0, -0.0, .infinity, -.infinity, .nan, 0x1p-149, -0x1p-149, 0x1p-126, 1e-30, -1e-30, 1e-8, -1e-8, 0.5, -0.5, 1, -1,
    1.5,
    2.5, -2.5, 3, 9, -9, 17, 88.7, 88.8, 89.5, -87.4, -88, -103, -104, -105, -150, 200, 1e10, -1e10, 1e30, -1e30,
    0x1.fffffep127, -0x1.fffffep127, 0.999999, -0.999999, 29999, 30001, -123456.7, 8388609, 1e-4, 0.97, 3.9, 4.1, 1e-39,
  ]

  static func values(_ count: Int, seed: Int) -> [Double] {
    var random = FixedRandom(seed: UInt64(seed))
    return (0..<count).map { i in
      if i < special.count { return special[i] }
      switch i % 5 {
      case 0: return Double(Float.random(in: -1...1, using: &random))
      case 1: return Double(Float.random(in: -12...12, using: &random))
      case 2: return Double(Float.random(in: -110...110, using: &random))
      case 3: return Double(Float.random(in: 0...1.5, using: &random))
      default: return Double(Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &random)))
      }
    }
  }

  /// Difference in units in the last place of a float; the sign of zero and NaN must agree.
  static func units(_ given: Double, _ wanted: Double) -> Double {
    let rounded = Float(wanted)
    if wanted.isNaN || given.isNaN { return wanted.isNaN == given.isNaN ? 0 : .infinity }
    if rounded.isInfinite || given.isInfinite {
      if Double(rounded) == given { return 0 }
      return rounded.isInfinite == given.isInfinite || abs(wanted) < 3.4028e38 ? .infinity : 1
    }
    return abs(given - wanted) / Double(max(rounded.ulp, 0x1p-149))
  }

  static func run(
    _ computation: vk_class, _ type: vk_dtype, _ program: [vk_instruction], _ arguments: [[Double]], into: vk_dtype
  ) throws -> (inputs: [Storage], result: Storage) {
    let count = arguments[0].count
    let inputs = arguments.map { values -> Storage in
      let storage = Storage(type, count: count)
      for (i, x) in values.enumerated() { storage[i] = x }
      return storage
    }
    let result = Storage(into, count: count)
    let kernel = try MapKernel(
      computation, inputs: inputs.map(\.type), outputs: [output(Int(program[program.count - 1].dst), into)],
      program: program,
      segments: [PlacedSegment(dims: [count], operands: (inputs + [result]).map { Placed(storage: $0, strides: [1]) })])
    kernel.run()
    return (inputs, result)
  }

  @Test(arguments: unary) func oneArgument(operation: vk_operation) throws {
    for (level, scale, shift) in [(4, 1.0, 0.0), (4, -2.0, 0.0), (4, 1.0, 0.25), (3, 1.0, 0.0), (0, 1.0, 0.0)] {
      vk_map_limit(Int32(level))
      defer { vk_map_limit(4) }
      let step = instruction(operation, 1, scale: scale, shift: shift)
      let (inputs, result) = try Self.run(VK_CLASS_F32, VK_F32, [step], [Self.values(20_003, seed: 1)], into: VK_F32)
      var worst = 0.0, place = 0.0
      for i in 0..<result.count {
        // The affine argument is rounded to a float before the function.
        let x = scale == 1 && shift == 0 ? inputs[0][i] : Double(Float(scale * inputs[0][i] + shift))
        let error = Self.units(result[i], reference(instruction(operation, 1), x, 0, 0))
        if error > worst {
          worst = error
          place = x
        }
      }
      #expect(worst <= 4, "operation \(operation.rawValue) of \(place), scale \(scale), level \(level): \(worst) ulp")
    }
  }

  @Test(arguments: binary + ternary) func severalArguments(operation: vk_operation) throws {
    let arguments = [
      Self.values(20_003, seed: 1), Self.values(20_003, seed: 2).reversed(), Self.values(20_003, seed: 3).shuffled(),
    ]
    let combines = [VK_COMBINE, VK_COMBINE_PRODUCT, VK_COMBINE_QUOTIENT].contains(operation)
    let step = instruction(operation, 3, 0, 1, 2, scale: combines ? 0.75 : 1, shift: combines ? -0.5 : 0)
    let (inputs, result) = try Self.run(VK_CLASS_F32, VK_F32, [step], arguments, into: VK_F32)
    for i in 0..<result.count {
      let a = inputs[0][i], b = inputs[1][i], c = inputs[2][i], wanted = reference(step, a, b, c)
      // Steps of several roundings are held to the size of their terms; an overflow inside them is theirs.
      let several = [VK_COMBINE, VK_FMA, VK_FNMA, VK_COMBINE_PRODUCT, VK_COMBINE_QUOTIENT].contains(operation)
      if several {
        let size = abs(a) + abs(b) + abs(c) + abs(a * b) + abs(b * c) + abs(b / c)
        if !(size < 1e37) { continue }
        #expect(abs(result[i] - wanted) <= 4 * size * 0x1p-24 + 0x1p-140, "\(operation.rawValue) \(a) \(b) \(c)")
      } else if operation == VK_GATE, abs(result[i] - wanted) <= max(4 * Double(Float(wanted).ulp), 0x1p-126) {
        continue
      } else if Self.units(result[i], wanted) > 2 {
        Issue.record("operation \(operation.rawValue) of \(a), \(b), \(c): \(result[i]), expected \(wanted)")
      }
    }
  }

  /// A costly step takes the cheap one that reads it along, on either side, and only where nothing else reads it.
  @Test(arguments: [VK_EXP, VK_EXPM1, VK_LOG, VK_LOG1P, VK_TANH, VK_SIGMOID, VK_SOFTPLUS, VK_ERF, VK_GATE])
  func tails(costly: vk_operation) throws {
    let arguments = [
      Self.values(4_003, seed: 4), Self.values(4_003, seed: 5).reversed(), Self.values(4_003, seed: 6).shuffled(),
    ]
    let first = instruction(costly, 3, 0, 1, scale: 0.75, shift: 0.25)
    let tails = [
      instruction(VK_AFFINE, 4, 3, scale: -2, shift: 0.5), instruction(VK_ADD, 4, 3, 2), instruction(VK_ADD, 4, 2, 3),
      instruction(VK_MUL, 4, 3, 2), instruction(VK_MUL, 4, 2, 3), instruction(VK_MUL, 4, 3, 3),
      instruction(VK_ADD_RELU, 4, 3, 2, scale: 0.5, shift: -0.25), instruction(VK_SUB, 4, 3, 2),
    ]
    for tail in tails {
      let (inputs, result) = try Self.run(VK_CLASS_F32, VK_F32, [first, tail], arguments, into: VK_F32)
      for i in 0..<result.count {
        let a = inputs[0][i], b = inputs[1][i], c = inputs[2][i]
        let affine = Double(Float(0.75 * a + 0.25))
        let r = reference(instruction(costly, 3), affine, b, c)
        let wanted = reference(tail, tail.a == 3 ? r : c, tail.b == 3 ? r : c, 0)
        let size = abs(r) + abs(c) + abs(tail.op == UInt8(VK_MUL.rawValue) ? wanted : 0) + 1
        guard size < 1e37, wanted.isFinite else { continue }
        #expect(
          abs(result[i] - wanted) <= 8 * size * 0x1p-24, "\(costly.rawValue), then \(tail.op): \(a), \(b), \(c)")
      }
    }
  }

  @Test(arguments: unary + binary + ternary) func doublePrecision(operation: vk_operation) throws {
    let arguments = (1...3).map { Self.values(3_001, seed: $0) }
    let step = instruction(operation, 3, 0, 1, 2)
    let (inputs, result) = try Self.run(VK_CLASS_F64, VK_F64, [step], arguments, into: VK_F64)
    for i in 0..<result.count {
      let a = inputs[0][i], b = inputs[1][i], c = inputs[2][i], wanted = reference(step, a, b, c)
      let same = result[i] == wanted || (result[i].isNaN && wanted.isNaN)
      if !same && !(abs(result[i] - wanted) <= 1e-15 * max(abs(wanted), abs(a * b), abs(c))) {
        Issue.record("operation \(operation.rawValue) of \(a), \(b), \(c): \(result[i]), expected \(wanted)")
      }
    }
  }

  @Test func integersAreExact() throws {
    let numbers: [Int64] = [0, 1, -1, 2, 3, -3, 7, -7, 1 << 40, -(1 << 40) + 1, .max, .min, 9_007_199_254_740_993]
    let pairs = numbers.flatMap { a in numbers.map { (a, $0) } }
    func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
      if b == 0 { return 0 }
      let (q, r) = a.dividedReportingOverflow(by: b).partialValue.quotientAndRemainder(dividingBy: 1)
      let rest = b == -1 ? 0 : a % b
      return q + r - (rest != 0 && (rest < 0) != (b < 0) ? 1 : 0)
    }
    let table: [(vk_operation, (Int64, Int64) -> Int64)] = [
      (VK_ADD, { $0 &+ $1 }), (VK_SUB, { $0 &- $1 }), (VK_MUL, { $0 &* $1 }), (VK_DIV, floorDivide),
      (VK_MOD, { $1 == 0 ? 0 : $0 &- floorDivide($0, $1) &* $1 }), (VK_MAX, { max($0, $1) }), (VK_MIN, { min($0, $1) }),
      (VK_EQ, { $0 == $1 ? 1 : 0 }), (VK_LT, { $0 < $1 ? 1 : 0 }), (VK_GE, { $0 >= $1 ? 1 : 0 }),
      (VK_AND, { $0 != 0 && $1 != 0 ? 1 : 0 }), (VK_NEG, { a, _ in 0 &- a }), (VK_SQUARE, { a, _ in a &* a }),
      (VK_SIGN, { a, _ in a.signum() }), (VK_RELU, { a, _ in max(a, 0) }), (VK_NOT, { a, _ in a == 0 ? 1 : 0 }),
    ]
    for (operation, definition) in table {
      let a = Storage(VK_I64, count: pairs.count), b = Storage(VK_I64, count: pairs.count),
        y = Storage(VK_I64, count: pairs.count)
      for (i, pair) in pairs.enumerated() {
        a.at(i).storeBytes(of: pair.0, as: Int64.self)
        b.at(i).storeBytes(of: pair.1, as: Int64.self)
      }
      let kernel = try MapKernel(
        VK_CLASS_I64, inputs: [VK_I64, VK_I64], outputs: [output(2, VK_I64)],
        program: [instruction(operation, 2, 0, 1)],
        segments: [PlacedSegment(dims: [pairs.count], operands: [a, b, y].map { Placed(storage: $0, strides: [1]) })])
      kernel.run()
      for (i, pair) in pairs.enumerated() {
        #expect(
          y.at(i).load(as: Int64.self) == definition(pair.0, pair.1), "operation \(operation.rawValue) of \(pair)")
      }
    }
  }

  @Test(arguments: [VK_F32, VK_F64, VK_F16, VK_BF16, VK_I8, VK_U8, VK_I32, VK_I64, VK_BOOL])
  func conversions(type: vk_dtype) throws {
    let ties: [Double] = [
      0.1, 1.00048828125, 1.0014648, 2049, 2051, 65519, 65520, 65535, 6e-8, 2.9e-8, 3e-8, 6.1e-5, 1.00390625,
      1.01171875, 127.5,
      128, -128.9, -129, 255.9, 256, 300, 2147483647, 2147483648, -2147483649, 9.3e18, -9.3e18, 3.3895e38,
    ]
    let values = Self.special + ties + Self.values(2_000, seed: 4)
    for computation in [VK_CLASS_F32, VK_CLASS_F64] {
      let wide = computation == VK_CLASS_F32 ? VK_F32 : VK_F64
      let step = instruction(VK_AFFINE, 1)
      let (inputs, narrow) = try Self.run(computation, wide, [step], [values], into: type)
      let wanted = Storage(type, count: values.count), back = Storage(wide, count: values.count)
      for i in 0..<values.count { wanted[i] = inputs[0][i] }
      let kernel = try MapKernel(
        computation, inputs: [type], outputs: [output(1, wide)], program: [step],
        segments: [
          PlacedSegment(dims: [values.count], operands: [narrow, back].map { Placed(storage: $0, strides: [1]) })
        ])
      kernel.run()
      for i in 0..<values.count {
        let same = narrow[i] == wanted[i] || (narrow[i].isNaN && wanted[i].isNaN)
        #expect(same, "\(inputs[0][i]) stored as \(type.rawValue): \(narrow[i]), expected \(wanted[i])")
        let loaded = Storage(wide, count: 1)
        loaded[0] = narrow[i]
        #expect(back[i] == loaded[0] || (back[i].isNaN && loaded[0].isNaN))
      }
      #expect(narrow.marginsIntact && back.marginsIntact)
    }
  }
}
