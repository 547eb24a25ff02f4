import Testing
import VectorKernels

private let f32 = Int32(VK_INDEX_F32.rawValue)
private let f64 = Int32(VK_INDEX_F64.rawValue)
private let i32 = Int32(VK_INDEX_I32.rawValue)
private let i64 = Int32(VK_INDEX_I64.rawValue)

struct IndexTests {
  @Test func gathersRows() {
    let table = SampleMemory<UInt16>((0..<40).map { UInt16($0) }, mark: 999)  // [2, 4, 5]
    let ids = SampleMemory<Int32>([3, 0, 2, 1, 1, 3], mark: 77)
    let output = SampleMemory<UInt16>(repeating: 555, count: 30, mark: 444)
    var a = vk_gather_arguments()
    (a.table, a.ids, a.output) = (
      UnsafeRawPointer(table.start), UnsafeRawPointer(ids.start), UnsafeMutableRawPointer(output.start)
    )
    (a.threads, a.element_size, a.id_type) = (1, 2, i32)
    (a.batch, a.count, a.rows, a.width, a.table_batch_stride, a.ids_batch_stride) = (2, 3, 4, 5, 20, 3)
    vk_gather(&a)
    let expected = [3, 0, 2, 5, 5, 7].flatMap { row in (0..<5).map { UInt16(row * 5 + $0) } }
    #expect(output.values == expected && output.isIntact)
  }

  @Test(arguments: [[Int64.max, 1], [-1, 1], [1, 4], [4, Int64.min]])
  func idsOutOfRangeGiveZerosAndAreReported(ids: [Int64]) {
    let table = FloatMemory([1, 2, 3, 4, 5, 6, 7, 8])
    let list = SampleMemory<Int64>(ids, mark: 0)
    let output = FloatMemory(count: 4)
    let firstBad = ids.firstIndex { $0 < 0 || $0 >= 4 } ?? -1
    var errors: [Int32] = [0, 0, 0, 0]
    errors.withUnsafeMutableBufferPointer { error in
      var a = vk_gather_arguments()
      (a.table, a.ids, a.output) = (
        UnsafeRawPointer(table.start), UnsafeRawPointer(list.start), UnsafeMutableRawPointer(output.start)
      )
      (a.threads, a.element_size, a.id_type, a.error) = (1, 4, i64, error.baseAddress)
      (a.batch, a.count, a.rows, a.width, a.ids_batch_stride) = (1, 2, 4, 2, 2)
      vk_gather(&a)
      let target = FloatMemory(count: 8)
      var b = vk_scatter_add_arguments()
      (b.target, b.ids, b.updates) = (
        UnsafeMutableRawPointer(target.start), UnsafeRawPointer(list.start), UnsafeRawPointer(table.start)
      )
      (b.threads, b.type, b.id_type, b.clears, b.error) = (1, f32, i64, 1, error.baseAddress.map { $0 + 1 })
      (b.batch, b.count, b.rows, b.width, b.target_batch_stride, b.ids_batch_stride) = (1, 2, 4, 2, 8, 2)
      vk_scatter_add(&b)
      #expect(target.isIntact)
      var c = vk_take_along_arguments()
      (c.input, c.ids, c.output) = (a.table, a.ids, a.output)
      (c.threads, c.element_size, c.id_type, c.error) = (1, 4, i64, error.baseAddress.map { $0 + 2 })
      (c.outer, c.rows, c.count, c.inner) = (1, 4, 2, 1)
      vk_take_along(&c)
      let hot = FloatMemory(count: 8)
      var d = vk_one_hot_arguments()
      (d.ids, d.output, d.threads, d.type, d.id_type) = (a.ids, UnsafeMutableRawPointer(hot.start), 1, f32, i64)
      (d.count, d.depth, d.on, d.off, d.error) = (2, 4, 1, 0, error.baseAddress.map { $0 + 3 })
      vk_one_hot(&d)
      #expect(hot.isIntact && hot.values[firstBad * 4..<firstBad * 4 + 4].allSatisfy { $0 == 0 })
    }
    #expect(errors == [Int32](repeating: Int32(firstBad + 1), count: 4))
    #expect(output.isIntact && output.values[firstBad] == 0)
  }

  @Test(arguments: [1, 3, 64])
  func scatterIsAdjointToGather(width: Int) {
    var numbers = SampleNumbers(seed: UInt64(width))
    let ids = SampleMemory<Int64>((0..<50).map { _ in Int64.random(in: 0..<9, using: &numbers) }, mark: -1)
    let table = FloatMemory(numbers.coarse(9 * width))
    let updates = FloatMemory(numbers.coarse(50 * width))
    let gathered = FloatMemory(count: 50 * width)
    let target = FloatMemory(numbers.coarse(9 * width))
    let before = target.values
    var a = vk_gather_arguments()
    var b = vk_scatter_add_arguments()
    (a.table, a.ids, a.output) = (
      UnsafeRawPointer(table.start), UnsafeRawPointer(ids.start), UnsafeMutableRawPointer(gathered.start)
    )
    (a.threads, a.element_size, a.id_type) = (1, 4, i64)
    (a.batch, a.count, a.rows, a.width) = (1, 50, 9, Int64(width))
    vk_gather(&a)
    (b.target, b.ids, b.updates) = (
      UnsafeMutableRawPointer(target.start), UnsafeRawPointer(ids.start), UnsafeRawPointer(updates.start)
    )
    (b.threads, b.type, b.id_type, b.batch, b.count, b.rows, b.width) = (1, f32, i64, 1, 50, 9, Int64(width))
    vk_scatter_add(&b)
    let left = zip(gathered.values, updates.values).reduce(0) { $0 + $1.0 * $1.1 }
    let right = zip(zip(target.values, before), table.values).reduce(0) { $0 + ($1.0.0 - $1.0.1) * $1.1 }
    #expect(left == right && target.isIntact)
    b.clears = 1
    vk_scatter_add(&b)
    let again = target.values
    let fresh = zip(again, table.values).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(left == fresh)
  }

  @Test func takesAndScattersAlongAnAxis() {
    let input = SampleMemory<Double>((0..<24).map(Double.init), mark: -1)  // [2, 4, 3]
    let ids = SampleMemory<Int32>([0, 3, 1, 3, 2, 0, 1, 1, 1, 2, 0, 3], mark: 9)  // [2, 2, 3]
    let output = SampleMemory<Double>(repeating: -5, count: 12, mark: -1)
    let sums = SampleMemory<Double>(repeating: -5, count: 24, mark: -1)
    var a = vk_take_along_arguments()
    var b = vk_scatter_along_arguments()
    (a.input, a.ids, a.output) = (
      UnsafeRawPointer(input.start), UnsafeRawPointer(ids.start), UnsafeMutableRawPointer(output.start)
    )
    (a.threads, a.element_size, a.id_type, a.outer, a.rows, a.count, a.inner) = (1, 8, i32, 2, 4, 2, 3)
    vk_take_along(&a)
    #expect(output.values == [0, 10, 5, 9, 7, 2, 15, 16, 17, 18, 13, 23] && output.isIntact)
    (b.target, b.ids, b.updates) = (
      UnsafeMutableRawPointer(sums.start), UnsafeRawPointer(ids.start), UnsafeRawPointer(output.start)
    )
    (b.threads, b.type, b.id_type, b.clears, b.outer, b.rows, b.count, b.inner) = (1, f64, i32, 1, 2, 4, 2, 3)
    vk_scatter_along(&b)
    #expect(
      sums.values == [0, 0, 2, 0, 0, 5, 0, 7, 0, 9, 10, 0, 0, 13, 0, 15, 16, 17, 18, 0, 0, 0, 0, 23] && sums.isIntact)
  }

  @Test func findsExtremes() {
    let values: [Float] = [1, 5, 5, 2, .nan, 7, 3, .nan, -1, -1, 0, -1]  // rows of 4, then as [1, 4, 3] columns
    let x = FloatMemory(values)
    let y = SampleMemory<Int64>(repeating: -1, count: 3, mark: 5)
    var a = vk_arg_extreme_arguments()
    (a.input, a.output, a.threads, a.type, a.output_type) = (
      UnsafeRawPointer(x.start), UnsafeMutableRawPointer(y.start), 1, f32, i64
    )
    (a.outer, a.axis, a.inner) = (3, 4, 1)
    vk_arg_extreme(&a)
    #expect(y.values == [1, 0, 2])
    a.smallest = 1
    vk_arg_extreme(&a)
    #expect(y.values == [0, 0, 0])
    (a.outer, a.inner, a.smallest) = (1, 3, 0)
    vk_arg_extreme(&a)
    #expect(y.values == [2, 1, 1] && y.isIntact)
  }

  @Test func cumulates() {
    let x = SampleMemory<Int32>([1, 2, 3, 4, 5, 6], mark: 0)
    let y = SampleMemory<Int32>(repeating: 0, count: 6, mark: 0)
    var a = vk_cumulate_arguments()
    (a.input, a.output, a.threads, a.type) = (UnsafeRawPointer(x.start), UnsafeMutableRawPointer(y.start), 1, i32)
    (a.outer, a.axis, a.inner) = (1, 3, 2)
    func run(_ product: Int32, _ exclusive: Int32, _ reverse: Int32) -> [Int32] {
      (a.product, a.exclusive, a.reverse) = (product, exclusive, reverse)
      vk_cumulate(&a)
      return y.values
    }
    #expect(run(0, 0, 0) == [1, 2, 4, 6, 9, 12])
    #expect(run(0, 1, 0) == [0, 0, 1, 2, 4, 6])
    #expect(run(0, 0, 1) == [9, 12, 8, 10, 5, 6])
    #expect(run(0, 1, 1) == [8, 10, 5, 6, 0, 0])
    #expect(run(1, 0, 0) == [1, 2, 3, 8, 15, 48])
    #expect(run(1, 1, 1) == [15, 24, 5, 6, 1, 1])
    a.input = UnsafeRawPointer(y.start)
    #expect(run(0, 0, 0) == [15, 24, 20, 30, 21, 31] && y.isIntact)
  }

  @Test(arguments: [0, 1, 5, 16, 17, 100, 1000], [false, true])
  func sorts(count: Int, descending: Bool) {
    var numbers = SampleNumbers(seed: UInt64(count))
    var values = numbers.coarse(2 * count)
    for i in values.indices where i % 11 == 3 { values[i] = [.nan, .infinity, -.infinity, -0.0][i % 4] }
    for kept in [0, 1, 3, 16, 17, count] where kept <= count {
      let x = FloatMemory(values)
      let sorted = FloatMemory(count: 2 * kept)
      let indices = SampleMemory<Int64>(repeating: -1, count: 2 * kept, mark: -2)
      let scratch = SampleMemory<UInt8>(repeating: 0, count: Int(vk_sort_scratch(Int64(count), 1)), mark: 3)
      var a = vk_sort_arguments()
      (a.input, a.values, a.indices) = (
        UnsafeRawPointer(x.start), UnsafeMutableRawPointer(sorted.start), UnsafeMutableRawPointer(indices.start)
      )
      (a.scratch, a.threads, a.type, a.index_type) = (UnsafeMutableRawPointer(scratch.start), 1, f32, i64)
      (a.descending, a.rows, a.count, a.kept) = (descending ? 1 : 0, 2, Int64(count), Int64(kept))
      vk_sort(&a)
      var expected: [Int64] = []
      for row in 0..<2 {
        func isBefore(_ i: Int, _ j: Int) -> Bool {
          let (a, b) = (values[row * count + i], values[row * count + j])
          if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? i < j : b.isNaN }
          return a == b ? i < j : descending ? a > b : a < b
        }
        expected += (0..<count).sorted(by: isBefore).prefix(kept).map(Int64.init)
      }
      #expect(indices.values == expected && indices.isIntact && scratch.isIntact && sorted.isIntact, "\(count) \(kept)")
      for (i, value) in sorted.values.enumerated() {
        let original = values[i / kept * count + Int(expected[i])]
        #expect(value == original || value.isNaN && original.isNaN)
      }
    }
  }
}
