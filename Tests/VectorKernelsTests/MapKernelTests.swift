import Testing
import VectorKernels

/// Kernels as programs use them: in place, over many segments, on several threads, with patched pointers.
@Suite struct MapKernelTests {
  static func filled(_ count: Int, seed: Int, _ type: vk_dtype = VK_F32) -> Storage {
    var random = FixedRandom(seed: UInt64(seed))
    let storage = Storage(type, count: count)
    for i in 0..<count { storage[i] = Double.random(in: -1...1, using: &random) }
    return storage
  }

  /// p, gradient, first moment, second moment, rate → p, first moment, second moment; in place.
  static let adam: [vk_instruction] = [
    instruction(VK_COMBINE, 5, 2, 1, scale: 0.9, shift: 0.1),
    instruction(VK_COMBINE_PRODUCT, 6, 3, 1, 1, scale: 0.999, shift: 0.001), instruction(VK_SQRT, 7, 6),
    instruction(VK_AFFINE, 8, 7, scale: 1, shift: 1e-7), instruction(VK_MUL, 9, 5, 4), instruction(VK_DIV, 10, 9, 8),
    instruction(VK_SUB, 11, 0, 10),
  ]

  @Test(arguments: [1, 4]) func updatesParametersInPlace(threads: Int) throws {
    let counts = [8, 40, 17, 1, 3000, 33], rate = Self.filled(1, seed: 99)
    rate[0] = 0.01
    let segments = counts.enumerated().map { s, n in
      let operands = (0..<4).map { Placed(storage: Self.filled(n, seed: 10 * s + $0), strides: [1]) }
      for i in 0..<n { operands[3].storage[i] = abs(operands[3].storage[i]) }
      return PlacedSegment(
        dims: [n], operands: operands + [Placed(storage: rate, strides: [0])] + [operands[0], operands[2], operands[3]])
    }
    let outputs = [output(11), output(5), output(6)]
    let kernel = try MapKernel(
      threads: threads, inputs: [VK_F32, VK_F32, VK_F32, VK_F32, VK_F32], outputs: outputs, program: Self.adam,
      segments: segments)
    for _ in 0..<3 {
      let wanted = expected(inputs: 5, outputs: outputs, program: Self.adam, segments: segments)
      kernel.run()
      for (s, segment) in segments.enumerated() {
        for o in 0..<3 {
          for (i, value) in wanted[s][o] {
            #expect(abs(segment.operands[5 + o].storage[i] - value) < 1e-5, "segment \(s), output \(o), element \(i)")
          }
          #expect(segment.operands[5 + o].storage.marginsIntact)
        }
      }
    }
  }

  @Test(arguments: [16, 37, 5000]) func storesThatCrossStayApart(count: Int) throws {
    // (x, y) becomes (y, x + y), and the sum of the old x is taken as well.
    let x = Self.filled(count, seed: 1), y = Self.filled(count, seed: 2), total = Storage(VK_F64, count: 1)
    let before = (0..<count).map { (x[$0], y[$0]) }
    let flat = [x, y, x, y].map { Placed(storage: $0, strides: [1]) } + [Placed(storage: total, strides: [0])]
    let kernel = try MapKernel(
      inputs: [VK_F32, VK_F32], outputs: [output(1), output(2), output(0, VK_F64, VK_REDUCE_SUM)],
      program: [instruction(VK_ADD, 2, 0, 1)], segments: [PlacedSegment(dims: [count], operands: flat)])
    kernel.run()
    for i in 0..<count {
      #expect(x[i] == before[i].1)
      #expect(y[i] == Double(Float(before[i].0) + Float(before[i].1)))
    }
    #expect(abs(total[0] - before.reduce(0) { $0 + $1.0 }) < 1e-4)
  }

  @Test(arguments: [1, 4]) func reducesAcrossSegments(threads: Int) throws {
    let norm = Storage(VK_F32, count: 1), counts = [5, 2000, 81]
    let segments = counts.map { n in
      PlacedSegment(
        dims: [n],
        operands: [Placed(storage: Self.filled(n, seed: n), strides: [1]), Placed(storage: norm, strides: [0])])
    }
    let kernel = try MapKernel(
      threads: threads, inputs: [VK_F32], outputs: [output(1, VK_F32, VK_REDUCE_SUM, across: true, scale: 0.5)],
      program: [instruction(VK_SQUARE, 1, 0)], segments: segments)
    let wanted = segments.reduce(0.0) { sum, s in
      (0..<s.operands[0].storage.count).reduce(sum) { $0 + 0.5 * s.operands[0].storage[$1] * s.operands[0].storage[$1] }
    }
    for _ in 0..<2 {
      kernel.run()
      #expect(abs(norm[0] - wanted) < 1e-6 * wanted)
    }
  }

  @Test func sumsOfMillionsAreAccurate() throws {
    let count = 3_000_001, x = Storage(VK_F32, count: count), total = Storage(VK_F64, count: 1)
    for i in 0..<count { x[i] = 0.1 }
    let kernel = try MapKernel(
      inputs: [VK_F32], outputs: [output(0, VK_F64, VK_REDUCE_SUM, scale: 1 / Double(count))], program: [],
      segments: [
        PlacedSegment(
          dims: [count], operands: [Placed(storage: x, strides: [1]), Placed(storage: total, strides: [0])])
      ])
    kernel.run()
    #expect(abs(total[0] - Double(Float(0.1))) < 2e-8)
  }

  @Test(arguments: [[3, 700], [64, 64], [1000, 10], [2, 3, 50, 16]]) func threadsRepeatTheirBits(dims: [Int]) throws {
    let count = dims.reduce(1, *), x = Self.filled(count, seed: 5)
    let strides = dims.indices.map { dims[($0 + 1)...].reduce(1, *) }
    let columns = dims.indices.map { $0 == dims.count - 1 ? 1 : 0 }
    var stored: [[Double]] = [], sums: [[Double]] = []
    for threads in [1, 4, 4] {
      let y = Storage(VK_F32, count: count), sum = Storage(VK_F32, count: dims[dims.count - 1])
      let kernel = try MapKernel(
        threads: threads, inputs: [VK_F32], outputs: [output(1), output(1, VK_F32, VK_REDUCE_SUM)],
        program: [instruction(VK_TANH, 1, 0)],
        segments: [
          PlacedSegment(
            dims: dims,
            operands: [
              Placed(storage: x, strides: strides), Placed(storage: y, strides: strides),
              Placed(storage: sum, strides: columns),
            ])
        ])
      kernel.run()
      stored.append((0..<count).map { y[$0] })
      sums.append((0..<sum.count).map { sum[$0] })
    }
    #expect(stored[0] == stored[1])
    #expect(sums[1] == sums[2])
    for (one, four) in zip(sums[0], sums[1]) { #expect(abs(one - four) < 1e-4) }
  }

  @Test func emptyReductionsGiveTheIdentity() throws {
    let x = Storage(VK_F32, count: 1), results = (0..<4).map { _ in Storage(VK_F32, count: 2) }
    let modes = [VK_REDUCE_SUM, VK_REDUCE_PROD, VK_REDUCE_MAX, VK_REDUCE_ALL]
    let kernel = try MapKernel(
      inputs: [VK_F32], outputs: modes.map { output(0, VK_F32, $0) }, program: [],
      segments: [
        PlacedSegment(
          dims: [2, 0],
          operands: [Placed(storage: x, strides: [0, 1])] + results.map { Placed(storage: $0, strides: [1, 0]) })
      ])
    kernel.run()
    #expect(results.map { $0[1] } == [0, 1, -.infinity, 1])
  }

  @Test func pointersCanBePatched() throws {
    let a = Self.filled(50, seed: 1), b = Self.filled(50, seed: 2), y = Storage(VK_F32, count: 50)
    let kernel = try MapKernel(
      inputs: [VK_F32], outputs: [output(1)], program: [instruction(VK_NEG, 1, 0)],
      segments: [PlacedSegment(dims: [50], operands: [a, y].map { Placed(storage: $0, strides: [1]) })])
    let place = try #require(vk_map_pointer(kernel.map, 0, 0))
    place.pointee = b.start
    kernel.run()
    #expect((0..<50).allSatisfy { y[$0] == -b[$0] })
    #expect(vk_map_pointer(kernel.map, 0, 2) == nil && vk_map_pointer(kernel.map, 1, 0) == nil)
  }

  @Test func impossibleDescriptionsSayWhy() {
    let x = Storage(VK_F32, count: 4)
    func reason(_ computation: vk_class, _ outputs: [vk_output], _ program: [vk_instruction], strides: Int = 1)
      -> String
    {
      let operands = [Placed(storage: x, strides: [1])] + outputs.map { _ in Placed(storage: x, strides: [strides]) }
      do {
        _ = try MapKernel(
          computation, inputs: [VK_F32], outputs: outputs, program: program,
          segments: [PlacedSegment(dims: [4], operands: operands)])
        return ""
      } catch { return "\(error)" }
    }
    #expect(reason(VK_CLASS_F32, [output(3)], []) == "map: output 0: register 3 is never written")
    #expect(
      reason(VK_CLASS_F32, [output(1)], [instruction(VK_ADD, 1, 0, 2)])
        == "map: instruction 0: register 2 is read before it is written")
    #expect(
      reason(VK_CLASS_F32, [output(1)], [instruction(VK_NEG, 0, 0)])
        == "map: instruction 0: register 0 is written twice or out of range")
    #expect(
      reason(VK_CLASS_I64, [output(1)], [instruction(VK_TANH, 1, 0)])
        == "map: instruction 0: operation \(VK_TANH.rawValue) does not exist in this class")
    #expect(
      reason(VK_CLASS_F32, [output(0)], [], strides: 0)
        == "map: segment 0: stored output 0 has stride 0 along a longer axis")
  }
}
