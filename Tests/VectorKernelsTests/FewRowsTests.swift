// Products of a few rows with a large matrix against the sum by its definition.
import Testing
import VectorKernels

struct FewRowsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var m = 1, n = 40, k = 100, threads: Int32 = 2
    var testDescription: String { "\(m) x \(n) x \(k), \(threads) threads" }
  }

  /// Columns around vectors and blocks, sums around groups of eight and shares, threads without any share.
  static let cases = [
    Case(n: 1, k: 1, threads: 1), Case(), Case(m: 2, n: 16, k: 8, threads: 3), Case(m: 3, n: 33, k: 7, threads: 5),
    Case(m: 4, n: 1000, k: 259, threads: 1), Case(m: 4, n: 4096, k: 65, threads: 2),
    Case(m: 2, n: 4099, k: 70, threads: 4), Case(m: 1, n: 8200, k: 40, threads: 3),
    Case(m: 3, n: 17, k: 2000, threads: 7),
  ]

  @Test(arguments: cases, [false, true]) func sums(c: Case, isLimited: Bool) {
    var numbers = SampleNumbers(seed: UInt64(c.n * 10 + c.k))
    let a = FloatMemory(numbers.floats(c.m * c.k)), b = FloatMemory(numbers.floats(c.k * c.n))
    let bias = FloatMemory(numbers.floats(c.n)), result = FloatMemory(count: c.m * c.n)
    let limits: ClosedRange<Float> = isLimited ? -0.5...1.5 : -.infinity ... .infinity
    var arguments = vk_few_rows_arguments(
      a: a.start, b: b.start, bias: isLimited ? UnsafePointer(bias.start) : nil, c: result.start, workspace: nil,
      lowest: limits.lowerBound, highest: limits.upperBound, threads: c.threads, m: Int64(c.m), n: Int64(c.n),
      k: Int64(c.k))
    let workspace = FloatMemory(count: Int(vk_few_rows_workspace(&arguments)) / 4 + 16)
    arguments.workspace = workspace.start + (16 - Int(bitPattern: workspace.start) / 4 % 16) % 16
    vk_few_rows(&arguments)

    let (x, w, added, given) = (a.values, b.values, bias.values, result.values)
    var worst = 0.0
    for i in 0..<c.m {
      for j in 0..<c.n {
        var sum = isLimited ? Double(added[j]) : 0, size = 1 + abs(sum)
        for p in 0..<c.k {
          let term = Double(x[i * c.k + p]) * Double(w[p * c.n + j])
          (sum, size) = (sum + term, size + abs(term))
        }
        sum = min(max(sum, Double(limits.lowerBound)), Double(limits.upperBound))
        worst = max(worst, abs(Double(given[i * c.n + j]) - sum) / size)
      }
    }
    #expect(worst < 1e-6)
    #expect(a.isIntact && b.isIntact && bias.isIntact && result.isIntact && workspace.isIntact)
  }
}
