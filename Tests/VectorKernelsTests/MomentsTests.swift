// Parameters moved by the first and second moments of their gradient: the map's step for it, alone and behind a product.
import Testing
import VectorKernels

/// Registers: the gradient 0, m 1, its share 2, the rate 3, v 4, its share 5, w 6; m' 9, v' 12, w' 15.
private struct MomentsProgram {
  var steps = [
    instruction(VK_SUB, 7, 0, 1), instruction(VK_MUL, 8, 7, 2), instruction(VK_ADD, 9, 1, 8),
    instruction(VK_SQUARE, 10, 0), instruction(VK_SUB, 11, 10, 4), instruction(VK_MUL, 13, 5, 11),
    instruction(VK_ADD, 12, 13, 4), instruction(VK_SQRT, 14, 12),
    instruction(VK_AFFINE, 16, 14, scale: 0.5, shift: 1e-3),
    instruction(VK_MUL, 17, 3, 9), instruction(VK_DIV, 18, 17, 16), instruction(VK_SUB, 15, 6, 18),
  ]
  var outputs = [output(9), output(12), output(15)]
  /// Inputs that are one number for all elements.
  var isNumber = [false, false, true, true, false, true, false]
  /// Inputs that m', v' and w' replace, or nil for results that lie elsewhere.
  var replaced: [Int]? = [1, 4, 6]

  /// Storage of the inputs and the results in segments of so many elements.
  func segments(_ counts: [Int], seed: UInt64) -> [PlacedSegment] {
    var random = FixedRandom(seed: seed)
    return counts.map { count in
      let inputs = isNumber.enumerated().map { index, isNumber in
        let storage = Storage(VK_F32, count: isNumber ? 1 : count)
        for i in 0..<storage.count {
          storage[i] = Double.random(in: index == 4 || isNumber ? 0.01...1 : -1...1, using: &random)
        }
        return Placed(storage: storage, strides: [isNumber ? 0 : 1])
      }
      let results = outputs.indices.map { index in
        replaced.map { inputs[$0[index]] } ?? Placed(storage: Storage(VK_F32, count: count), strides: [1])
      }
      return PlacedSegment(dims: [count], operands: inputs + results)
    }
  }
}

@Suite struct MomentsTests {
  private func check(_ program: MomentsProgram, _ what: String) throws {
    for counts in [[1], [15], [16], [1_000], [5_003], [3, 40, 2_500]] {
      for threads in [1, 2] {
        let segments = program.segments(counts, seed: UInt64(counts.count))
        let wanted = expected(inputs: 7, outputs: program.outputs, program: program.steps, segments: segments)
        let kernel = try MapKernel(
          threads: threads, inputs: [vk_dtype](repeating: VK_F32, count: 7), outputs: program.outputs,
          program: program.steps, segments: segments)
        kernel.run()
        var worst = 0.0
        for (s, segment) in segments.enumerated() {
          for (o, values) in wanted[s].enumerated() {
            for (at, value) in values {
              worst = max(worst, abs(segment.operands[7 + o].storage[at] - value) / max(abs(value), 1))
            }
          }
          #expect(segment.operands.map(\.storage.marginsIntact) == segment.operands.map { _ in true })
        }
        #expect(worst < 1e-5, "\(what), \(counts) elements, \(threads) threads")
      }
    }
  }

  @Test func replacesItsInputs() throws { try check(MomentsProgram(), "in place") }

  @Test func leavesItsInputs() throws {
    var program = MomentsProgram()
    program.replaced = nil
    try check(program, "elsewhere")
  }

  /// What only looks like it is computed step by step.
  @Test func thatAreReadElsewhere() throws {
    var program = MomentsProgram()
    program.isNumber[2] = false
    try check(program, "a share for each")
    program = MomentsProgram()
    program.steps[8] = instruction(VK_AFFINE, 16, 14, scale: -2, shift: 4)
    program.steps[11] = instruction(VK_SUB, 15, 9, 18)  // from m' instead of w
    try check(program, "from the mean")
    program = MomentsProgram()
    program.steps.insert(instruction(VK_MAX, 19, 12, 6), at: 7)
    program.steps[8] = instruction(VK_SQRT, 14, 19)  // the largest v
    try check(program, "the largest")
    program = MomentsProgram()
    program.steps[3] = instruction(VK_SQUARE, 10, 6)  // v follows w²
    try check(program, "the square of another")
    program = MomentsProgram()
    program.steps.append(instruction(VK_MUL, 19, 9, 12))
    program.outputs[2] = output(19)  // w' is nobody's, m' v' is
    try check(program, "read afterwards")
    program = MomentsProgram()
    program.outputs = [output(15), output(9), output(12)]
    program.replaced = [6, 1, 4]
    try check(program, "in another order")
  }

  /// Rows, columns, depth, columns of a panel.
  static let sizes = [
    [2, 1, 1, 1], [8, 32, 16, 32], [9, 33, 17, 33], [24, 64, 5, 32], [200, 100, 32, 100], [130, 128, 128, 64],
    [65, 48, 40, 16], [300, 64, 512, 64], [33, 3000, 2, 3000],
  ]

  @Test(arguments: sizes) func ofAProduct(size: [Int]) throws {
    let (m, n, k, panel) = (size[0], size[1], size[2], size[3])
    for (threads, replaces) in [(1, true), (2, true), (3, false)] {
      var program = MomentsProgram()
      if !replaces { program.replaced = nil }
      let segments = program.segments([m * n], seed: UInt64(m + n + k))
      var numbers = SampleNumbers(seed: UInt64(k))
      let a = FloatMemory(numbers.floats(m * k)), b = FloatMemory(numbers.floats(k * n))
      let (x, y) = (a.values, b.values)
      for place in 0..<m * n {
        let (i, j) = (place % (m * panel) / panel, place / (m * panel) * panel + place % panel)
        segments[0].operands[0].storage[place] =
          (0..<k).reduce(0.0) { $0 + Double(x[i * k + $1]) * Double(y[$1 * n + j]) }
      }
      let wanted = expected(inputs: 7, outputs: program.outputs, program: program.steps, segments: segments)
      let kernel = try MapKernel(
        threads: threads, inputs: [vk_dtype](repeating: VK_F32, count: 7), outputs: program.outputs,
        program: program.steps, segments: segments)
      var arguments = vk_product_map_arguments()
      (arguments.m, arguments.n, arguments.k, arguments.panel) = (Int64(m), Int64(n), Int64(k), Int64(panel))
      (arguments.a_row, arguments.a_column, arguments.b_row, arguments.b_column) = (Int64(k), 1, Int64(n), 1)
      (arguments.map, arguments.operand, arguments.threads) = (kernel.map, 0, Int32(threads))
      #expect(vk_product_map_supported(&arguments) != 0)
      let workspace = FloatMemory(count: Int(vk_product_map_workspace(&arguments)) / 4 + 16)
      (arguments.a, arguments.b) = (UnsafePointer(a.start), UnsafePointer(b.start))
      arguments.workspace = workspace.start + (16 - Int(bitPattern: workspace.start) / 4 % 16) % 16
      vk_product_map(&arguments)
      for (o, values) in wanted[0].enumerated() {
        let result = segments[0].operands[7 + o].storage
        let worst = values.map { abs(result[$0.key] - $0.value) / max(abs($0.value), 1) }.max() ?? 0
        #expect(worst < 1e-4, "result \(o) of \(m) x \(n) x \(k) in panels of \(panel), \(threads) threads")
        #expect(result.marginsIntact)
      }
      #expect(a.isIntact && b.isIntact && workspace.isIntact)
    }
  }
}
