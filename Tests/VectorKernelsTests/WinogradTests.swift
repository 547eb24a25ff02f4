// Winograd's convolutions against the sum by its definition: sizes around the edges of tiles, chunks and shares.
import Testing
import VectorKernels

struct WinogradTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var batch = 1, height = 6, width = 6, channels = 16, filters = 32, top = 1, left = 1, isBlocked = false
    var threads: Int32 = 2
    var outputHeight: Int { height + 2 * top - 2 }
    var outputWidth: Int { width + left - 1 }  // as much padding before as the case says, one place after
    var testDescription: String {
      "\(batch) x \(height) x \(width), \(channels) to \(filters), padding \(top) \(left), \(threads) threads"
        + (isBlocked ? ", blocks" : "")
    }
  }

  static let cases = [
    Case(), Case(height: 3, width: 3, top: 0, left: 2), Case(height: 1, width: 1, channels: 32, filters: 16),
    Case(batch: 3, height: 13, width: 9, channels: 48, filters: 80, isBlocked: true, threads: 3),
    Case(batch: 2, height: 14, width: 15, channels: 32, filters: 48, top: 2, left: 0, threads: 1),
    Case(batch: 5, height: 40, width: 37, channels: 16, filters: 16, threads: 4),
    Case(batch: 2, height: 60, width: 60, channels: 64, filters: 32, isBlocked: true, threads: 2),
    Case(batch: 1, height: 9, width: 9, channels: 160, filters: 544, threads: 2),
    Case(batch: 1, height: 100, width: 100, channels: 512, filters: 16, threads: 3),
  ]

  /// The index of (sample, row, column, channel), and the description for the kernels.
  private func lies(_ height: Int, _ width: Int, _ channels: Int, isBlocked: Bool) -> (
    vk_winograd_image, (Int, Int, Int, Int) -> Int
  ) {
    let column = isBlocked ? 16 : channels
    let (row, sample) = (column * width, height * width * channels)
    let block = isBlocked ? height * width * 16 : 16
    return (
      vk_winograd_image(sample: Int64(sample), row: Int64(row), column: Int64(column), block: Int64(block)),
      { $0 * sample + $1 * row + $2 * column + $3 / 16 * block + $3 % 16 }
    )
  }

  private func shape(_ c: Case) -> vk_winograd_shape {
    vk_winograd_shape(
      batch: Int64(c.batch), channels: Int64(c.channels), height: Int64(c.height), width: Int64(c.width),
      filters: Int64(c.filters), output_height: Int64(c.outputHeight), output_width: Int64(c.outputWidth),
      padding_top: Int64(c.top), padding_left: Int64(c.left),
      x: lies(c.height, c.width, c.channels, isBlocked: c.isBlocked).0,
      y: lies(c.outputHeight, c.outputWidth, c.filters, isBlocked: c.isBlocked).0)
  }

  /// Samples of a large result, all of a small one.
  private func places(_ counts: [Int], _ numbers: inout SampleNumbers) -> [[Int]] {
    (0..<600).map { _ in
      counts.map { Bool.random(using: &numbers) ? Int.random(in: 0..<$0, using: &numbers) : $0 - 1 }
    }
  }

  private func aligned(_ memory: FloatMemory) -> UnsafeMutablePointer<Float> {
    memory.start + (16 - Int(bitPattern: memory.start) / 4 % 16) % 16
  }

  private func run(
    _ shape: vk_winograd_shape, _ c: Case, isTurned: Bool, _ x: FloatMemory, _ w: FloatMemory,
    bias: FloatMemory?, _ y: FloatMemory, _ limits: ClosedRange<Float>
  ) {
    var shape = shape
    #expect(vk_winograd_supported(&shape) != 0)
    let transformed = FloatMemory(count: Int(vk_winograd_kernel_count(shape.channels, shape.filters)) + 16)
    let workspace = FloatMemory(count: Int(vk_winograd_workspace(&shape, c.threads)) / 4 + 16)
    var kernel = vk_winograd_kernel_arguments(
      kernel: w.start, transformed: aligned(transformed), channels: Int64(c.channels), filters: Int64(c.filters),
      turned: isTurned ? 1 : 0, threads: c.threads)
    vk_winograd_kernel(&kernel)
    var arguments = vk_winograd_arguments(
      x: x.start, transformed: aligned(transformed), bias: bias.map { UnsafePointer($0.start) }, y: y.start,
      workspace: aligned(workspace), lowest: limits.lowerBound, highest: limits.upperBound, threads: c.threads,
      shape: shape)
    vk_winograd(&arguments)
    #expect(x.isIntact && w.isIntact && y.isIntact && transformed.isIntact && workspace.isIntact)
  }

  @Test(arguments: cases) func convolves(c: Case) {
    var numbers = SampleNumbers(seed: UInt64(c.height * 100 + c.filters))
    let shape = shape(c)
    let x = FloatMemory(numbers.floats(c.batch * c.height * c.width * c.channels))
    let w = FloatMemory(numbers.floats(9 * c.channels * c.filters))
    let bias = FloatMemory(numbers.floats(c.filters))
    let (_, xAt) = lies(c.height, c.width, c.channels, isBlocked: c.isBlocked)
    let (_, yAt) = lies(c.outputHeight, c.outputWidth, c.filters, isBlocked: c.isBlocked)
    for limits: ClosedRange<Float> in [-.infinity ... .infinity, 0...4] {
      let y = FloatMemory(count: c.batch * c.outputHeight * c.outputWidth * c.filters)
      run(shape, c, isTurned: false, x, w, bias: limits.lowerBound == 0 ? bias : nil, y, limits)
      var worst = 0.0
      for place in places([c.batch, c.outputHeight, c.outputWidth, c.filters], &numbers) {
        var sum = limits.lowerBound == 0 ? Double(bias.start[place[3]]) : 0
        for (r, s) in (0..<9).map({ ($0 / 3, $0 % 3) }) {
          let (i, j) = (place[1] + r - c.top, place[2] + s - c.left)
          guard (0..<c.height).contains(i), (0..<c.width).contains(j) else { continue }
          for channel in 0..<c.channels {
            sum +=
              Double(x.start[xAt(place[0], i, j, channel)])
              * Double(w.start[((r * 3 + s) * c.channels + channel) * c.filters + place[3]])
          }
        }
        sum = min(max(sum, Double(limits.lowerBound)), Double(limits.upperBound))
        worst = max(worst, abs(Double(y.start[yAt(place[0], place[1], place[2], place[3])]) - sum))
      }
      // The sums are about the square root of the number of their terms, a third of the largest product each.
      #expect(worst < 7e-6 * Double(9 * c.channels).squareRoot(), "limits \(limits)")
      #expect(!y.values.contains(-54321), "a place of the result was not written")
    }
  }

  @Test(arguments: cases) func differentiates(c: Case) {
    var numbers = SampleNumbers(seed: UInt64(c.width * 100 + c.channels))
    let forward = shape(c)
    let x = FloatMemory(numbers.floats(c.batch * c.height * c.width * c.channels))
    let w = FloatMemory(numbers.floats(9 * c.channels * c.filters))
    let dy = FloatMemory(numbers.floats(c.batch * c.outputHeight * c.outputWidth * c.filters))
    let (xLies, xAt) = lies(c.height, c.width, c.channels, isBlocked: c.isBlocked)
    let (yLies, yAt) = lies(c.outputHeight, c.outputWidth, c.filters, isBlocked: c.isBlocked)

    let dx = FloatMemory(count: x.count)
    let turned = vk_winograd_shape(
      batch: forward.batch, channels: forward.filters, height: forward.output_height, width: forward.output_width,
      filters: forward.channels, output_height: forward.height, output_width: forward.width,
      padding_top: 2 - forward.padding_top, padding_left: 2 - forward.padding_left, x: yLies, y: xLies)
    run(turned, c, isTurned: true, dy, w, bias: nil, dx, -.infinity ... .infinity)
    var worst = 0.0
    for place in places([c.batch, c.height, c.width, c.channels], &numbers) {
      var sum = 0.0
      for (r, s) in (0..<9).map({ ($0 / 3, $0 % 3) }) {
        let (i, j) = (place[1] - r + c.top, place[2] - s + c.left)
        guard (0..<c.outputHeight).contains(i), (0..<c.outputWidth).contains(j) else { continue }
        for filter in 0..<c.filters {
          sum +=
            Double(dy.start[yAt(place[0], i, j, filter)])
            * Double(w.start[((r * 3 + s) * c.channels + place[3]) * c.filters + filter])
        }
      }
      worst = max(worst, abs(Double(dx.start[xAt(place[0], place[1], place[2], place[3])]) - sum))
    }
    #expect(worst < 7e-6 * Double(9 * c.filters).squareRoot(), "input")
    #expect(!dx.values.contains(-54321), "a place of the input's gradient was not written")

    let places = places([3, 3, c.channels, c.filters], &numbers)
    var results: [[Float]] = []
    for _ in 0..<2 {
      let (dw, db) = (FloatMemory(count: w.count), FloatMemory(count: c.filters))
      var shape = forward
      let workspace = FloatMemory(count: Int(vk_winograd_gradient_workspace(&shape, c.threads)) / 4 + 16)
      var arguments = vk_winograd_gradient_arguments(
        x: x.start, dy: dy.start, dkernel: dw.start, dbias: db.start, workspace: aligned(workspace),
        threads: c.threads, shape: forward)
      vk_winograd_gradient(&arguments)
      #expect(dw.isIntact && db.isIntact && workspace.isIntact)
      results.append(dw.values + db.values)
    }
    #expect(results[0] == results[1], "the same bits again")
    let terms = Double(c.batch * c.outputHeight * c.outputWidth)
    worst = 0
    for place in places.prefix(200) {
      var sum = 0.0
      for sample in 0..<c.batch {
        for i in 0..<c.outputHeight {
          for j in 0..<c.outputWidth {
            let (row, column) = (i + place[0] - c.top, j + place[1] - c.left)
            guard (0..<c.height).contains(row), (0..<c.width).contains(column) else { continue }
            sum += Double(x.start[xAt(sample, row, column, place[2])]) * Double(dy.start[yAt(sample, i, j, place[3])])
          }
        }
      }
      let given = results[0][((place[0] * 3 + place[1]) * c.channels + place[2]) * c.filters + place[3]]
      worst = max(worst, abs(Double(given) - sum))
    }
    #expect(worst < 7e-6 * max(terms, 16).squareRoot(), "kernel")
    #expect(!results[0].contains(-54321), "a place of the kernel's gradient was not written")
    worst = 0
    for filter in 0..<c.filters {
      var sum = 0.0
      for sample in 0..<c.batch {
        for i in 0..<c.outputHeight {
          for j in 0..<c.outputWidth { sum += Double(dy.start[yAt(sample, i, j, filter)]) }
        }
      }
      worst = max(worst, abs(Double(results[0][w.count + filter]) - sum))
    }
    #expect(worst < 1e-6 * terms, "bias")
  }

  @Test func takesNoOtherShapes() {
    let good = shape(Case())
    for change: (inout vk_winograd_shape) -> Void in [
      { $0.channels = 24 }, { $0.filters = 8 }, { $0.padding_top = 3 }, { $0.padding_left = -1 }, { $0.batch = 0 },
      { $0.output_width = 0 },
    ] {
      var bad = good
      change(&bad)
      #expect(vk_winograd_supported(&bad) == 0)
    }
  }

  /// What is not a number stays so through the limits.
  @Test func keepsNaN() {
    let c = Case()
    var numbers = SampleNumbers(seed: 3)
    var values = numbers.floats(c.height * c.width * c.channels)
    values[0] = .nan
    let y = FloatMemory(count: c.outputHeight * c.outputWidth * c.filters)
    run(
      shape(c), c, isTurned: false, FloatMemory(values), FloatMemory(numbers.floats(9 * c.channels * c.filters)),
      bias: nil, y, 0...6)
    #expect(y.values[0].isNaN)
  }
}
