import Testing
import VectorKernels

struct ConvolutionPoolTests {
  /// [N, H, W, C, CO, KH, KW, blocked]
  @Test(arguments: [
    [2, 12, 13, 3, 16, 2, 2, 0], [2, 9, 13, 2, 48, 4, 5, 1], [3, 8, 140, 4, 32, 1, 3, 0], [1, 5, 6, 1, 16, 4, 1, 1],
    [2, 12, 11, 4, 32, 3, 5, 0], [1, 3, 3, 3, 16, 2, 2, 1], [2, 10, 21, 3, 16, 3, 3, 0],
    [2, 9, 13, 16, 48, 3, 3, 1], [1, 7, 22, 8, 16, 2, 5, 0], [3, 6, 8, 16, 32, 2, 2, 0],
  ])
  func agreesWithPlainLoops(v: [Int]) {
    let (n, h, w, c) = (v[0], v[1], v[2], v[3])
    let (filters, kh, kw, isBlocked) = (v[4], v[5], v[6], v[7] == 1)
    let ph = (h - kh + 1) / 2
    let pw = (w - kw + 1) / 2
    let size = n * ph * pw * filters
    var s = vk_convolution_pool_shape()
    (s.batch, s.height, s.width, s.channels) = (Int64(n), Int64(h), Int64(w), Int64(c))
    (s.filters, s.kernel_height, s.kernel_width, s.blocked) = (Int64(filters), Int64(kh), Int64(kw), isBlocked ? 1 : 0)
    #expect(vk_convolution_pool_supported(&s) == 1)
    var numbers = SampleNumbers(seed: UInt64(v.reduce(0) { $0 * 7 + $1 }))
    // Coarse values make sums exact, so that ties and zeros are decided alike here and there.
    let x = FloatMemory(numbers.coarse(n * h * w * c))
    let kernel = FloatMemory(numbers.coarse(kh * kw * c * filters))
    let bias = FloatMemory(numbers.coarse(filters))
    let dy = FloatMemory(numbers.floats(size))
    let y = FloatMemory(count: size)
    let winners = SampleMemory<UInt8>(repeating: 9, count: size, mark: 200)
    var forward = vk_convolution_pool_arguments()
    (forward.x, forward.kernel, forward.bias) = (
      UnsafePointer(x.start), UnsafePointer(kernel.start), UnsafePointer(bias.start)
    )
    let trains = vk_convolution_pool_trains(&s) == 1
    let space = FloatMemory(count: Int(vk_convolution_pool_space(&s, 2)) / 4)
    (forward.y, forward.winners, forward.threads, forward.shape) = (y.start, trains ? winners.start : nil, 1, s)
    forward.scratch = space.start
    vk_convolution_pool(&forward)

    var expected = [Double](repeating: 0, count: size)
    var expectedWinners = [UInt8](repeating: 255, count: size)
    var dw = [Double](repeating: 0, count: kernel.count)
    var db = [Double](repeating: 0, count: filters)
    for m in 0..<n {
      for i in 0..<ph {
        for j in 0..<pw {
          for f in 0..<filters {
            let at =
              isBlocked
              ? (((m * (filters / 16) + f / 16) * ph + i) * pw + j) * 16 + f % 16
              : ((m * ph + i) * pw + j) * filters + f
            func taps(_ q: Int, _ body: (Int, Int) -> Void) {
              for r in 0..<kh {
                for t in 0..<kw {
                  for channel in 0..<c {
                    body(
                      ((m * h + 2 * i + q / 2 + r) * w + 2 * j + q % 2 + t) * c + channel,
                      ((r * kw + t) * c + channel) * filters + f)
                  }
                }
              }
            }
            for q in 0..<4 {
              var sum = Double(bias.start[f])
              taps(q) { sum += Double(x.start[$0]) * Double(kernel.start[$1]) }
              if sum > expected[at] {
                expected[at] = sum
                expectedWinners[at] = UInt8(q)
              }
            }
            guard expectedWinners[at] < 4 else { continue }
            let g = Double(dy.start[at])
            db[f] += g
            taps(Int(expectedWinners[at])) { dw[$1] += Double(x.start[$0]) * g }
          }
        }
      }
    }
    #expect(distance(y.values, expected) == 0 && y.isIntact)
    let predicted = FloatMemory(count: size)
    (forward.y, forward.winners, forward.threads) = (predicted.start, nil, 2)
    vk_convolution_pool(&forward)
    #expect(predicted.values == y.values && space.isIntact)
    guard trains else { return }
    #expect(winners.values == expectedWinners && winners.isIntact)

    let gradient = FloatMemory(count: kernel.count)
    let biasGradient = FloatMemory(count: filters)
    let scratch = FloatMemory(count: Int(vk_convolution_pool_scratch(&s, 1)) / 4)
    var backward = vk_convolution_pool_gradient_arguments()
    (backward.x, backward.dy, backward.winners) = (
      UnsafePointer(x.start), UnsafePointer(dy.start), UnsafePointer(winners.start)
    )
    (backward.dkernel, backward.dbias, backward.scratch) = (gradient.start, biasGradient.start, scratch.start)
    (backward.threads, backward.shape) = (1, s)
    vk_convolution_pool_gradient(&backward)
    #expect(distance(gradient.values, dw) < 3e-5 && gradient.isIntact && scratch.isIntact)
    #expect(distance(biasGradient.values, db) < 1e-5 && biasGradient.isIntact)
  }
}
