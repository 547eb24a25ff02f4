// Large products against the sum by its definition: sizes around the edges of tiles, blocks and shares, every way to lie.
import Foundation
import Testing
import VectorKernels

struct ProductTests {
  /// Runs a product, with `padding` more floats between rows of c, and looks at every element.
  private func check(
    _ m: Int, _ n: Int, _ k: Int, transposes: Int, bias: Bool, rectifies: Bool, threads: Int32, padding: Int = 0,
    sumsColumns: Bool = false
  ) {
    var numbers = SampleNumbers(seed: UInt64(m * 1000 + n * 10 + k + transposes))
    let a = FloatMemory(numbers.floats(m * k)), b = FloatMemory(numbers.floats(k * n)),
      biases = FloatMemory(numbers.floats(n))
    let c = FloatMemory([Float](repeating: -7, count: m * (n + padding))), sums = FloatMemory(count: n)
    var arguments = vk_product_arguments()
    (arguments.m, arguments.n, arguments.k) = (Int64(m), Int64(n), Int64(k))
    (arguments.a_row, arguments.a_column) = transposes & 1 == 0 ? (Int64(k), 1) : (1, Int64(m))
    (arguments.b_row, arguments.b_column) = transposes & 2 == 0 ? (Int64(n), 1) : (1, Int64(k))
    (arguments.c_row, arguments.rectifies, arguments.threads) = (Int64(n + padding), rectifies ? 1 : 0, threads)
    arguments.sums_columns = sumsColumns ? 1 : 0
    arguments.bias = bias ? UnsafePointer(biases.start) : nil
    let workspace = FloatMemory(count: Int(vk_product_workspace(&arguments)) / 4 + 16)
    let start = (16 - Int(bitPattern: workspace.start) / 4 % 16) % 16
    (arguments.a, arguments.b) = (UnsafePointer(a.start), UnsafePointer(b.start))
    (arguments.c, arguments.column_sums, arguments.workspace) = (c.start, sums.start, workspace.start + start)
    vk_product(&arguments)

    let (x, y, z) = (a.values, b.values, biases.values)
    var worst = 0.0
    for i in 0..<m {
      for j in 0..<n {
        var sum = bias ? Double(z[j]) : 0, size = abs(sum) + 1
        for p in 0..<k {
          let term =
            Double(x[transposes & 1 == 0 ? i * k + p : p * m + i])
            * Double(y[transposes & 2 == 0 ? p * n + j : j * k + p])
          sum += term
          size += abs(term)
        }
        worst = max(worst, abs(Double(c.start[i * (n + padding) + j]) - (rectifies ? max(sum, 0) : sum)) / size)
      }
      for j in n..<(n + padding) where c.start[i * (n + padding) + j] != -7 { worst = .infinity }
    }
    for j in 0..<n where sumsColumns {
      let column = (0..<k).map { Double(y[transposes & 2 == 0 ? $0 * n + j : j * k + $0]) }
      let size = column.reduce(1) { $0 + abs($1) }
      worst = max(worst, abs(Double(sums.start[j]) - column.reduce(0, +)) / size)
    }
    #expect(worst < 1e-6, "\(m) x \(n) x \(k), transposes \(transposes), \(threads) threads")
    #expect(a.isIntact && b.isIntact && c.isIntact && sums.isIntact && workspace.isIntact)
  }

  static let sizes = [
    [1, 1, 1], [8, 32, 16], [9, 33, 17], [7, 15, 5], [16, 16, 1], [65, 48, 40], [70, 270, 530], [3, 130, 600],
    [33, 100, 3000],
    [130, 5, 2100], [5, 300, 64], [64, 200, 128], [1040, 20, 9],
  ]

  @Test(arguments: sizes, 0..<4) func sums(size: [Int], transposes: Int) {
    for (bias, rectifies) in [(false, false), (true, false), (true, true), (false, true)] {
      check(size[0], size[1], size[2], transposes: transposes, bias: bias, rectifies: rectifies, threads: 1)
    }
    for threads: Int32 in [2, 3, 5] {
      check(
        size[0], size[1], size[2], transposes: transposes, bias: threads == 3, rectifies: false, threads: threads,
        padding: Int(threads) - 2)
    }
    for threads: Int32 in [1, 2, 5] {
      check(
        size[0], size[1], size[2], transposes: transposes, bias: threads == 2, rectifies: false, threads: threads,
        sumsColumns: true)
    }
  }
}
