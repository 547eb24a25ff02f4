import Testing
import VectorKernels

struct CopyTests {
  /// Runs one copy of `shape`; `order` lists the target's axes from outermost to innermost, `reversed` and `spread` change
  /// the source's axes (negative stride, stride 0).
  func check<Element: FixedWidthInteger & BitwiseCopyable>(
    _ type: Element.Type, shape: [Int], order: [Int], reversed: Set<Int> = [], broadcast: Set<Int> = [], gap: Int = 1
  ) {
    let rank = shape.count
    var sourceStrides = [Int](repeating: 0, count: rank)
    var targetStrides = sourceStrides
    var origin = 0
    var size = gap
    for axis in (0..<rank).reversed() where !broadcast.contains(axis) {
      sourceStrides[axis] = reversed.contains(axis) ? -size : size
      if reversed.contains(axis) { origin += size * max(shape[axis] - 1, 0) }
      size *= shape[axis]
    }
    var length = 1
    for axis in order.reversed() {
      targetStrides[axis] = length
      length *= shape[axis]
    }
    let source = SampleMemory<Element>((0..<max(size, 1)).map { Element(truncatingIfNeeded: $0 &* 37 &+ 11) }, mark: 99)
    let target = SampleMemory<Element>(repeating: 3, count: length, mark: 77)
    var expected = target.values
    for i in 0..<length {
      var from = origin
      var to = 0
      var rest = i
      for axis in (0..<rank).reversed() {
        from += rest % shape[axis] * sourceStrides[axis]
        to += rest % shape[axis] * targetStrides[axis]
        rest /= shape[axis]
      }
      expected[to] = source.start[from]
    }
    var description = vk_copy_description()
    description.rank = Int32(rank)
    description.element_size = Int32(MemoryLayout<Element>.size)
    withUnsafeMutableBytes(of: &description.shape) { bytes in
      for (i, value) in shape.enumerated() { bytes.storeBytes(of: Int64(value), toByteOffset: 8 * i, as: Int64.self) }
    }
    withUnsafeMutableBytes(of: &description.source_strides) { bytes in
      for (i, value) in sourceStrides.enumerated() {
        bytes.storeBytes(of: Int64(value), toByteOffset: 8 * i, as: Int64.self)
      }
    }
    withUnsafeMutableBytes(of: &description.target_strides) { bytes in
      for (i, value) in targetStrides.enumerated() {
        bytes.storeBytes(of: Int64(value), toByteOffset: 8 * i, as: Int64.self)
      }
    }
    guard let copy = vk_copy_create(&description) else {
      Issue.record("no plan for \(shape)")
      return
    }
    copy.pointee.source = UnsafeRawPointer(source.start + origin)
    copy.pointee.target = UnsafeMutableRawPointer(target.start)
    vk_copy_run(copy)
    vk_copy_destroy(copy)
    #expect(target.values == expected, "\(type) \(shape) to \(order), reversed \(reversed), broadcast \(broadcast)")
    #expect(target.isIntact)
  }

  func checkAllSizes(shape: [Int], order: [Int], reversed: Set<Int> = [], broadcast: Set<Int> = [], gap: Int = 1) {
    check(UInt8.self, shape: shape, order: order, reversed: reversed, broadcast: broadcast, gap: gap)
    check(UInt16.self, shape: shape, order: order, reversed: reversed, broadcast: broadcast, gap: gap)
    check(UInt32.self, shape: shape, order: order, reversed: reversed, broadcast: broadcast, gap: gap)
    check(UInt64.self, shape: shape, order: order, reversed: reversed, broadcast: broadcast, gap: gap)
  }

  @Test func transposes() {
    checkAllSizes(shape: [37, 50], order: [1, 0])
    checkAllSizes(shape: [16, 64], order: [1, 0])
    checkAllSizes(shape: [5, 5, 6, 16], order: [3, 2, 0, 1])
    checkAllSizes(shape: [16, 6, 5, 5], order: [2, 3, 1, 0])
    checkAllSizes(shape: [3, 9, 7, 20], order: [3, 1, 2, 0])
    checkAllSizes(shape: [2, 5, 3, 16], order: [0, 2, 1, 3])
    checkAllSizes(shape: [2, 3, 2, 3, 2, 3, 2, 3], order: [7, 1, 6, 0, 3, 2, 5, 4])
  }

  @Test func randomPermutations() {
    var numbers = SampleNumbers(seed: 5)
    for _ in 0..<200 {
      let rank = Int.random(in: 1...5, using: &numbers)
      let shape = (0..<rank).map { _ in [1, 2, 3, 5, 8, 17, 33].randomElement(using: &numbers) ?? 1 }
      guard shape.reduce(1, *) < 20_000 else { continue }
      let some = Set((0..<rank).filter { _ in Bool.random(using: &numbers) })
      let none = Set((0..<rank).filter { _ in Int.random(in: 0..<4, using: &numbers) == 0 })
      check(
        UInt32.self, shape: shape, order: Array(0..<rank).shuffled(using: &numbers), reversed: some.subtracting(none),
        broadcast: none, gap: Int.random(in: 1...2, using: &numbers))
    }
  }

  @Test func emptyAndSingle() {
    checkAllSizes(shape: [], order: [])
    checkAllSizes(shape: [4, 0, 3], order: [2, 1, 0])
    checkAllSizes(shape: [1, 1, 1], order: [0, 1, 2])
    checkAllSizes(shape: [1000], order: [0])
    checkAllSizes(shape: [1000], order: [0], reversed: [0])
    checkAllSizes(shape: [100], order: [0], broadcast: [0])
  }

  @Test func refusesWhatItCannotDo() {
    var description = vk_copy_description()
    description.rank = 9
    description.element_size = 4
    #expect(vk_copy_create(&description) == nil)
    description.rank = 0
    description.element_size = 3
    #expect(vk_copy_create(&description) == nil)
  }

  @Test(arguments: [0, 1, 15, 64, 1001])
  func fills(count: Int) {
    let words = SampleMemory<UInt32>(repeating: 1, count: count, mark: 9)
    var arguments = vk_fill_arguments(
      target: UnsafeMutableRawPointer(words.start), threads: 1, element_size: 4, count: Int64(count),
      pattern: 0xDEAD_BEEF)
    vk_fill(&arguments)
    #expect(words.values == [UInt32](repeating: 0xDEAD_BEEF, count: count) && words.isIntact)
    let bytes = SampleMemory<UInt8>(repeating: 1, count: count, mark: 9)
    (arguments.target, arguments.element_size) = (UnsafeMutableRawPointer(bytes.start), 1)
    vk_fill(&arguments)
    #expect(bytes.values == [UInt8](repeating: 0xEF, count: count) && bytes.isIntact)
  }
}
