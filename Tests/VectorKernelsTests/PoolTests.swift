import Testing
import VectorKernels

struct PoolTests {
  /// [outer, inner, D, H, W, window 3, stride 3, padding before 3, padding after 3]
  static let shapes: [[Int]] = [
    [2, 16, 1, 8, 8, 1, 2, 2, 1, 2, 2, 0, 0, 0, 0, 0, 0], [3, 128, 1, 6, 7, 1, 2, 2, 1, 2, 2, 0, 0, 0, 0, 0, 0],
    [2, 5, 1, 9, 8, 1, 3, 3, 1, 2, 2, 0, 1, 1, 0, 1, 1], [1, 83, 1, 7, 7, 1, 3, 3, 1, 1, 1, 0, 1, 0, 0, 1, 2],
    [2, 1, 1, 1, 20, 1, 1, 4, 1, 1, 3, 0, 0, 2, 0, 0, 1], [2, 20, 5, 4, 6, 2, 2, 3, 2, 1, 3, 1, 0, 2, 1, 1, 1],
    [2, 3, 1, 5, 5, 1, 5, 5, 1, 1, 1, 0, 0, 0, 0, 0, 0], [1, 17, 1, 9, 9, 1, 2, 2, 1, 3, 3, 0, 0, 0, 0, 0, 0],
    [1, 64, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0], [0, 4, 1, 4, 4, 1, 2, 2, 1, 2, 2, 0, 0, 0, 0, 0, 0],
    [1, 18, 2, 20, 20, 2, 16, 16, 1, 2, 2, 0, 0, 0, 0, 0, 0],
  ]

  static func shape(_ v: [Int]) -> vk_pool_shape {
    var s = vk_pool_shape()
    (s.outer, s.inner) = (Int64(v[0]), Int64(v[1]))
    s.input = (Int64(v[2]), Int64(v[3]), Int64(v[4]))
    s.window = (Int64(v[5]), Int64(v[6]), Int64(v[7]))
    s.stride = (Int64(v[8]), Int64(v[9]), Int64(v[10]))
    s.padding = (Int64(v[11]), Int64(v[12]), Int64(v[13]))
    s.output = (output(v, 0), output(v, 1), output(v, 2))
    return s
  }
  static func output(_ v: [Int], _ axis: Int) -> Int64 {
    Int64((v[2 + axis] + v[11 + axis] + v[14 + axis] - v[5 + axis]) / v[8 + axis] + 1)
  }

  /// For each output element: its input elements as (offset, position in the window).
  static func windows(_ v: [Int]) -> [[(offset: Int, position: Int)]] {
    let (od, oh, ow) = (Int(output(v, 0)), Int(output(v, 1)), Int(output(v, 2)))
    var result: [[(offset: Int, position: Int)]] = []
    for outer in 0..<v[0] {
      for o in 0..<(od * oh * ow) {
        let at: [Int] = [o / ow / oh, o / ow % oh, o % ow]
        for lane in 0..<v[1] {
          var list: [(offset: Int, position: Int)] = []
          for position in 0..<(v[5] * v[6] * v[7]) {
            let inside: [Int] = [position / v[7] / v[6], position / v[7] % v[6], position % v[7]]
            var offset = outer
            var fits = true
            for axis in 0..<3 {
              let start: Int = at[axis] * v[8 + axis] - v[11 + axis]
              let index: Int = start + inside[axis]
              fits = fits && index >= 0 && index < v[2 + axis]
              offset = offset * v[2 + axis] + index
            }
            if fits { list.append((offset * v[1] + lane, position)) }
          }
          result.append(list)
        }
      }
    }
    return result
  }

  @Test(arguments: shapes)
  func maximum(v: [Int]) {
    var s = Self.shape(v)
    #expect(vk_pool_supported(&s) == 1)
    let windows = Self.windows(v)
    let size = v[0..<5].reduce(1, *)
    var numbers = SampleNumbers(seed: UInt64(v.reduce(0) { $0 * 5 + $1 }))
    let x = FloatMemory(numbers.coarse(size))
    let other = FloatMemory(numbers.floats(size))
    let dy = FloatMemory(numbers.floats(windows.count))
    var y: [Float] = []
    var positions: [Int32] = []
    var selected: [Float] = []
    var dx = [Double](repeating: 0, count: size)
    for (i, window) in windows.enumerated() {
      var best = window[0]
      for element in window where x.start[element.offset] > x.start[best.offset] { best = element }
      y.append(x.start[best.offset])
      positions.append(Int32(best.position))
      selected.append(other.start[best.offset])
      dx[best.offset] += Double(dy.start[i])
    }
    let small = v[5] * v[6] * v[7] <= 255
    let result = FloatMemory(count: windows.count)
    let winners = SampleMemory<Int32>(repeating: -7, count: windows.count, mark: -8)
    let bytes = SampleMemory<UInt8>(repeating: 7, count: windows.count, mark: 8)
    var forward = vk_max_pool_arguments()
    (forward.x, forward.y, forward.threads, forward.shape) = (UnsafePointer(x.start), result.start, 1, s)
    (forward.winners, forward.winner_size) = (UnsafeMutableRawPointer(winners.start), 4)
    vk_max_pool(&forward)
    #expect(result.values == y && result.isIntact, "\(v)")
    #expect(winners.values == positions && winners.isIntact, "\(v)")
    if small {
      (forward.winners, forward.winner_size) = (UnsafeMutableRawPointer(bytes.start), 1)
      vk_max_pool(&forward)
      #expect(bytes.values.map(Int32.init) == positions && bytes.isIntact, "\(v)")
    }
    for source in 0..<(small ? 3 : 2) {  // winners recomputed, as Int32, as UInt8
      let saved = source == 0 ? nil : source == 1 ? UnsafeRawPointer(winners.start) : UnsafeRawPointer(bytes.start)
      let gradient = FloatMemory(count: size)
      let chosen = FloatMemory(count: windows.count)
      var backward = vk_max_pool_gradient_arguments()
      var select = vk_max_pool_select_arguments()
      (backward.x, backward.dy, backward.dx) = (UnsafePointer(x.start), UnsafePointer(dy.start), gradient.start)
      (backward.winners, backward.winner_size, backward.threads, backward.shape) = (saved, source == 2 ? 1 : 4, 1, s)
      vk_max_pool_gradient(&backward)
      #expect(distance(gradient.values, dx) < 1e-6 && gradient.isIntact, "\(v), source \(source)")
      (select.x, select.values, select.y) = (UnsafePointer(x.start), UnsafePointer(other.start), chosen.start)
      (select.winners, select.winner_size, select.threads, select.shape) = (saved, source == 2 ? 1 : 4, 1, s)
      vk_max_pool_select(&select)
      #expect(chosen.values == selected && chosen.isIntact, "\(v), source \(source)")
    }
  }

  /// Maxima that are not above 0 have no winner, and their gradient goes nowhere.
  @Test(arguments: shapes)
  func winnersAboveZero(v: [Int]) {
    let s = Self.shape(v)
    let windows = Self.windows(v)
    let size = v[0..<5].reduce(1, *)
    var numbers = SampleNumbers(seed: 4)
    let x = FloatMemory(numbers.coarse(size))
    let dy = FloatMemory(numbers.floats(windows.count))
    var positions: [Int32] = []
    var dx = [Double](repeating: 0, count: size)
    for (i, window) in windows.enumerated() {
      var best = window[0]
      for element in window where x.start[element.offset] > x.start[best.offset] { best = element }
      let wins = x.start[best.offset] > 0
      positions.append(wins ? Int32(best.position) : -1)
      if wins { dx[best.offset] += Double(dy.start[i]) }
    }
    let words = SampleMemory<Int32>(repeating: -7, count: windows.count, mark: -8)
    let bytes = SampleMemory<UInt8>(repeating: 7, count: windows.count, mark: 8)
    let sizes: [Int32] = v[5] * v[6] * v[7] <= 255 ? [4, 1] : [4]
    for winnerSize in sizes {
      let noted = winnerSize == 4 ? UnsafeMutableRawPointer(words.start) : UnsafeMutableRawPointer(bytes.start)
      let y = FloatMemory(count: windows.count)
      let gradient = FloatMemory(count: size)
      var forward = vk_max_pool_arguments()
      (forward.x, forward.y, forward.threads, forward.shape) = (UnsafePointer(x.start), y.start, 1, s)
      (forward.winners, forward.winner_size, forward.wins_above_zero) = (noted, winnerSize, 1)
      vk_max_pool(&forward)
      let found = winnerSize == 4 ? words.values : bytes.values.map { $0 == 255 ? -1 : Int32($0) }
      #expect(found == positions && words.isIntact && bytes.isIntact, "\(v)")
      var backward = vk_max_pool_gradient_arguments()
      (backward.dy, backward.dx, backward.winners) = (UnsafePointer(dy.start), gradient.start, UnsafeRawPointer(noted))
      (backward.winner_size, backward.threads, backward.shape) = (winnerSize, 1, s)
      vk_max_pool_gradient(&backward)
      #expect(distance(gradient.values, dx) < 1e-6 && gradient.isIntact, "\(v)")
    }
  }

  @Test(arguments: shapes, [VK_POOL_SUM, VK_POOL_ELEMENTS, VK_POOL_WINDOW].map(\.rawValue))
  func average(v: [Int], divisor: UInt32) {
    let s = Self.shape(v)
    let windows = Self.windows(v)
    let size = v[0..<5].reduce(1, *)
    var numbers = SampleNumbers(seed: 3)
    let x = FloatMemory(numbers.floats(size))
    let dy = FloatMemory(numbers.floats(windows.count))
    var y: [Double] = []
    var dx = [Double](repeating: 0, count: size)
    for (i, window) in windows.enumerated() {
      let count =
        divisor == VK_POOL_SUM.rawValue
        ? 1 : divisor == VK_POOL_ELEMENTS.rawValue ? window.count : v[5..<8].reduce(1, *)
      y.append(window.reduce(0) { $0 + Double(x.start[$1.offset]) } / Double(count))
      for element in window { dx[element.offset] += Double(dy.start[i]) / Double(count) }
    }
    let result = FloatMemory(count: windows.count)
    let gradient = FloatMemory(count: size)
    var forward = vk_average_pool_arguments()
    var backward = vk_average_pool_gradient_arguments()
    (forward.x, forward.y, forward.threads, forward.divisor, forward.shape) = (
      UnsafePointer(x.start), result.start, 1, Int32(divisor), s
    )
    vk_average_pool(&forward)
    #expect(distance(result.values, y) < 1e-5 && result.isIntact, "\(v)")
    (backward.dy, backward.dx, backward.threads, backward.divisor) = (
      UnsafePointer(dy.start), gradient.start, 1, Int32(divisor)
    )
    backward.shape = s
    vk_average_pool_gradient(&backward)
    #expect(distance(gradient.values, dx) < 1e-5 && gradient.isIntact, "\(v)")
  }

  @Test func notANumberWins() {
    let v = [1, 16, 1, 2, 2, 1, 2, 2, 1, 2, 2, 0, 0, 0, 0, 0, 0]
    for place in 0..<4 {
      var values = [Float](repeating: 1, count: 64)
      values[place * 16 + 5] = .nan
      let x = FloatMemory(values)
      let y = FloatMemory(count: 16)
      var forward = vk_max_pool_arguments()
      (forward.x, forward.y, forward.threads, forward.shape) = (UnsafePointer(x.start), y.start, 1, Self.shape(v))
      vk_max_pool(&forward)
      #expect(y.values[5].isNaN && y.values[4] == 1)
    }
  }

  @Test func saysWhatItCannotDo() {
    var s = Self.shape(Self.shapes[0])
    s.padding.1 = 2
    #expect(vk_pool_supported(&s) == 0)
    s = Self.shape(Self.shapes[0])
    s.output.2 += 1
    #expect(vk_pool_supported(&s) == 0)
  }
}
