import Testing
import VectorKernels

/// Random programs over random spaces, against the reference evaluated index by index.
@Suite struct MapShapeTests {
  static let types = [VK_F32, VK_F32, VK_F32, VK_F16, VK_BF16, VK_F64, VK_I8, VK_U8, VK_I32, VK_I64, VK_BOOL]

  /// Lays out an operand that varies along the given axes only, in a random order, perhaps with gaps or backwards.
  static func place(_ type: vk_dtype, _ dims: [Int], varies: [Bool], random: inout FixedRandom) -> Placed {
    var strides = [Int](repeating: 0, count: dims.count), next = 1, origin = 0
    var order = Array(dims.indices.reversed())
    if Int.random(in: 0..<3, using: &random) == 0 { order.shuffle(using: &random) }
    let gaps = Int.random(in: 0..<4, using: &random) == 0
    for axis in order where varies[axis] {
      strides[axis] = next
      next *= dims[axis] + (gaps ? Int.random(in: 0..<3, using: &random) : 0)
      if Int.random(in: 0..<12, using: &random) == 0 {
        origin += strides[axis] * (dims[axis] - 1)
        strides[axis] = -strides[axis]
      }
    }
    return Placed(storage: Storage(type, count: max(next, 1)), origin: origin, strides: strides)
  }

  static func dims(_ random: inout FixedRandom) -> [Int] {
    var dims: [Int] = [], total = 1
    for _ in 0..<Int.random(in: 0...5, using: &random) {
      let d = [1, 2, 3, 5, 7, 10, 16, 17, 33, 64, 100, 257, 600, 1100].randomElement(using: &random) ?? 1
      if total * d > 6000 { continue }
      total *= d
      dims.append(d)
    }
    return dims
  }

  static func program(inputs: Int, random: inout FixedRandom) -> [vk_instruction] {
    let choices = [
      VK_ADD, VK_SUB, VK_MUL, VK_MAX, VK_MIN, VK_LT, VK_TANH, VK_RELU, VK_SIGMOID, VK_AFFINE, VK_SELECT, VK_FMA,
      VK_FNMA,
      VK_SQUARE, VK_CONSTANT, VK_COMBINE, VK_COMBINE_PRODUCT, VK_ABS, VK_NEG,
    ]
    return (0..<Int.random(in: 1...9, using: &random)).map { i in
      let operation = choices.randomElement(using: &random) ?? VK_ADD
      func source() -> Int { Int.random(in: 0..<(inputs + i), using: &random) }
      let affine = Bool.random(using: &random) || operation == VK_COMBINE || operation == VK_CONSTANT
      return instruction(
        operation, inputs + i, inputs + i == 0 ? 0 : source(), source(), source(), scale: affine ? 0.5 : 1,
        shift: affine ? 0.25 : 0)
    }
  }

  @Test(arguments: 0..<400) func agreesWithTheReference(seed: Int) throws {
    var random = FixedRandom(seed: UInt64(seed))
    let inputs = Int.random(in: 1...4, using: &random), outputCount = Int.random(in: 1...3, using: &random)
    let computation = [VK_CLASS_F32, VK_CLASS_F32, VK_CLASS_F64].randomElement(using: &random) ?? VK_CLASS_F32
    let inputTypes = (0..<inputs).map { _ in Self.types.randomElement(using: &random) ?? VK_F32 }
    let program = Self.program(inputs: inputs, random: &random)
    let modes = [VK_STORE, VK_STORE, VK_REDUCE_SUM, VK_REDUCE_MAX, VK_REDUCE_MIN, VK_REDUCE_ALL, VK_REDUCE_ANY]
    let outputs = (0..<outputCount).map { _ in
      let mode = modes.randomElement(using: &random) ?? VK_STORE
      return output(
        Int.random(in: 0..<(inputs + program.count), using: &random),
        [VK_F32, VK_F64, VK_F32, VK_BF16].randomElement(using: &random) ?? VK_F32, mode,
        scale: mode == VK_REDUCE_SUM ? 0.5 : 1)
    }
    let segments = (0..<Int.random(in: 1...3, using: &random)).map { _ -> PlacedSegment in
      let dims = Self.dims(&random)
      var operands: [Placed] = []
      for k in 0..<inputs {
        let varies = dims.map { _ in Int.random(in: 0..<4, using: &random) > 0 }
        let placed = Self.place(inputTypes[k], dims, varies: varies, random: &random)
        for i in 0..<placed.storage.count { placed.storage[i] = Double.random(in: -1.5...1.5, using: &random) }
        operands.append(placed)
      }
      for out in outputs {
        let varies = dims.map { _ in out.mode == UInt8(VK_STORE.rawValue) || Bool.random(using: &random) }
        operands.append(Self.place(vk_dtype(UInt32(out.type)), dims, varies: varies, random: &random))
      }
      return PlacedSegment(dims: dims, operands: operands)
    }
    let expectation = expected(inputs: inputs, outputs: outputs, program: program, segments: segments)
    vk_map_limit(seed % 8 == 7 ? 0 : seed % 8 == 6 ? 3 : 4)
    defer { vk_map_limit(4) }
    let kernel = try MapKernel(
      computation, threads: seed % 4 + 1, inputs: inputTypes, outputs: outputs, program: program, segments: segments)
    for pass in 0..<2 {
      kernel.run()
      for (s, segment) in segments.enumerated() {
        for o in 0..<outputCount {
          let storage = segment.operands[inputs + o].storage
          var worst = 0.0, place = -1
          for (i, value) in expectation[s][o] {
            let precision =
              storage.type == VK_BF16 ? 1e-2 : computation == VK_CLASS_F64 && storage.type == VK_F64 ? 1e-12 : 2e-4
            let difference = abs(storage[i] - value) / (precision * (1 + abs(value)))
            if !(difference <= worst) {
              worst = difference.isNaN ? .infinity : difference
              place = i
            }
          }
          #expect(
            worst <= 1,
            "seed \(seed) pass \(pass) dims \(segment.dims) output \(o) \(outputs[o]) at \(place) of \(segment.operands.map(\.strides))"
          )
          #expect(storage.marginsIntact)
        }
      }
    }
  }
}
