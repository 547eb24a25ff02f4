import Foundation
import Testing
import VectorKernels

struct RowsTests {
  static let sizes = [[5, 10], [3, 1], [2, 16], [4, 17], [1, 100], [0, 4], [7, 1000]]

  static func softmax(_ x: [Float]) -> [Double] {
    let top = x.map(Double.init).max() ?? 0
    let powers = x.map { exp(Double($0) - top) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  @Test(arguments: sizes, [false, true])
  func softmaxAndItsGradient(size: [Int], logarithmic: Bool) {
    let (rows, n) = (size[0], size[1])
    var numbers = SampleNumbers(seed: UInt64(rows * 100 + n))
    let x = FloatMemory(numbers.floats(rows * n, in: -30...30))
    let dy = FloatMemory(numbers.floats(rows * n))
    let y = FloatMemory(count: rows * n)
    let dx = FloatMemory(count: rows * n)
    var forward = vk_softmax_arguments(
      x: x.start, y: y.start, threads: 1, logarithmic: logarithmic ? 1 : 0, rows: Int64(rows), n: Int64(n))
    vk_softmax(&forward)
    var backward = vk_softmax_gradient_arguments(
      y: y.start, dy: dy.start, dx: dx.start, threads: 1, logarithmic: logarithmic ? 1 : 0, rows: Int64(rows),
      n: Int64(n))
    vk_softmax_gradient(&backward)
    var expected: [Double] = []
    var gradient: [Double] = []
    for r in 0..<rows {
      let range = r * n..<(r + 1) * n
      let p = Self.softmax(Array(x.values[range]))
      let g = dy.values[range].map(Double.init)
      expected += logarithmic ? p.map { log($0) } : p
      let sum = logarithmic ? g.reduce(0, +) : zip(p, g).reduce(0) { $0 + $1.0 * $1.1 }
      gradient += zip(p, g).map { logarithmic ? $1 - $0 * sum : $0 * ($1 - sum) }
    }
    #expect(distance(y.values, expected) < 2e-6 && y.isIntact, "\(size)")
    #expect(distance(dx.values, gradient) < 5e-6 && dx.isIntact, "\(size)")
    if !logarithmic {  // also small probabilities are right, relative to themselves
      for (a, b) in zip(y.values, expected) where b > 1e-30 { #expect(abs(Double(a) / b - 1) < 4e-6) }
    }
  }

  @Test func softmaxOfExtremes() {
    let x = FloatMemory([1e30, 0, -1e30, 88, 89, 3, .infinity, 0, 0, .nan, 1, 2, -.infinity, 0, 0])
    let y = FloatMemory(count: 15)
    var forward = vk_softmax_arguments(x: x.start, y: y.start, threads: 1, logarithmic: 0, rows: 5, n: 3)
    vk_softmax(&forward)
    let v = y.values
    #expect(Array(v[0..<3]) == [1, 0, 0])
    #expect(abs(v[3] - 0.26894142) < 1e-6 && abs(v[4] - 0.7310586) < 1e-6 && v[5] < 1e-30)
    #expect(v[6].isNaN)
    #expect(v[9].isNaN && v[10].isNaN && v[11].isNaN)
    #expect(Array(v[12..<15]) == [0, 0.5, 0.5])
  }

  @Test(arguments: sizes)
  func crossEntropy(size: [Int]) {
    let (rows, n) = (size[0], size[1])
    for dense in [false, true] {
      for wanted in 0..<8 {
        var numbers = SampleNumbers(seed: UInt64(rows * 100 + n + wanted))
        let logits = FloatMemory(numbers.floats(rows * n, in: -9...9))
        let g = FloatMemory(numbers.floats(rows))
        let labels = SampleMemory<Int64>((0..<rows).map { Int64($0 * 7 % n) }, mark: -1)
        let targets = FloatMemory(numbers.floats(rows * n, in: 0...1))
        let loss = FloatMemory(count: rows)
        let p = FloatMemory(count: rows * n)
        let gradient = FloatMemory(count: rows * n)
        var a = vk_cross_entropy_arguments()
        (a.logits, a.labels, a.label_type) = (
          UnsafePointer(logits.start), UnsafeRawPointer(labels.start), Int32(VK_INDEX_I64.rawValue)
        )
        if dense { a.targets = UnsafePointer(targets.start) }
        (a.threads, a.scale, a.rows, a.n) = (1, 0.5, Int64(rows), Int64(n))
        a.row_gradient = UnsafePointer(g.start)
        if wanted & 1 != 0 { a.loss = loss.start }
        if wanted & 2 != 0 { a.probabilities = p.start }
        if wanted & 4 != 0 { a.gradient = gradient.start }
        vk_cross_entropy(&a)
        var losses: [Double] = []
        var probabilities: [Double] = []
        var gradients: [Double] = []
        for r in 0..<rows {
          let range = r * n..<(r + 1) * n
          let q = Self.softmax(Array(logits.values[range]))
          let t = dense ? targets.values[range].map(Double.init) : (0..<n).map { $0 == r * 7 % n ? 1 : 0 }
          let weight = t.reduce(0, +)
          losses.append(zip(t, q).reduce(0) { $0 - $1.0 * log($1.1) })
          probabilities += q
          gradients += zip(t, q).map { ($1 * weight - $0) * 0.5 * Double(g.start[r]) }
        }
        if wanted & 1 != 0 { #expect(distance(loss.values, losses) < 3e-6) }
        if wanted & 2 != 0 { #expect(distance(p.values, probabilities) < 3e-6) }
        if wanted & 4 != 0 { #expect(distance(gradient.values, gradients) < 2e-5, "\(size) \(dense)") }
        #expect(loss.isIntact && p.isIntact && gradient.isIntact)
      }
    }
  }

  @Test func labelOutOfRangeIsReported() {
    let logits = FloatMemory([1, 2, 3, 1, 2, 3, 1, 2, 3])
    let labels = SampleMemory<Int32>([2, 3, -1], mark: 0)
    let loss = FloatMemory(count: 3)
    let gradient = FloatMemory(count: 9)
    var error: Int32 = 0
    withUnsafeMutablePointer(to: &error) { pointer in
      var a = vk_cross_entropy_arguments()
      (a.logits, a.labels, a.error) = (UnsafePointer(logits.start), UnsafeRawPointer(labels.start), pointer)
      (a.loss, a.gradient, a.threads, a.scale, a.rows, a.n) = (loss.start, gradient.start, 1, 1, 3, 3)
      vk_cross_entropy(&a)
    }
    #expect(error == 2)
    #expect(loss.values[1] == 0 && loss.values[2] == 0 && loss.values[0] > 0)
    #expect(gradient.values[3...].allSatisfy { $0 == 0 })
  }

  @Test(arguments: sizes, [false, true])
  func layerNormalization(size: [Int], scales: Bool) {
    let (rows, n) = (size[0], size[1])
    var numbers = SampleNumbers(seed: UInt64(rows * 100 + n))
    let x = FloatMemory(numbers.floats(rows * n, in: 2...5))
    let dy = FloatMemory(numbers.floats(rows * n))
    let gamma = FloatMemory(numbers.floats(n))
    let beta = FloatMemory(numbers.floats(n))
    let y = FloatMemory(count: rows * n)
    let mean = FloatMemory(count: rows)
    let inverse = FloatMemory(count: rows)
    var forward = vk_layer_normalization_arguments()
    (forward.x, forward.y, forward.mean, forward.inverse) = (UnsafePointer(x.start), y.start, mean.start, inverse.start)
    (forward.threads, forward.epsilon, forward.rows, forward.n) = (1, 1e-3, Int64(rows), Int64(n))
    if scales { (forward.gamma, forward.beta) = (UnsafePointer(gamma.start), UnsafePointer(beta.start)) }
    vk_layer_normalization(&forward)
    let dx = FloatMemory(count: rows * n)
    let dgamma = FloatMemory(count: n)
    let dbeta = FloatMemory(count: n)
    let scratch = FloatMemory(count: Int(vk_layer_normalization_scratch(Int64(n), 1)) / 4)
    var backward = vk_layer_normalization_gradient_arguments()
    (backward.x, backward.dy, backward.mean, backward.inverse) = (
      UnsafePointer(x.start), UnsafePointer(dy.start), UnsafePointer(mean.start), UnsafePointer(inverse.start)
    )
    (backward.dx, backward.dgamma, backward.dbeta, backward.scratch) = (
      dx.start, dgamma.start, dbeta.start, scratch.start
    )
    (backward.threads, backward.rows, backward.n) = (1, Int64(rows), Int64(n))
    if scales { backward.gamma = UnsafePointer(gamma.start) }
    vk_layer_normalization_gradient(&backward)

    var expected: [Double] = []
    var dxs: [Double] = []
    var dgammas = [Double](repeating: 0, count: n)
    var dbetas = dgammas
    for r in 0..<rows {
      let row = (0..<n).map { Double(x.start[r * n + $0]) }
      let average = row.reduce(0, +) / Double(n)
      let variance = row.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(n)
      let scale = 1 / (variance + 1e-3).squareRoot()
      let hat = row.map { ($0 - average) * scale }
      let g = (0..<n).map { Double(dy.start[r * n + $0]) * (scales ? Double(gamma.start[$0]) : 1) }
      let meanG = g.reduce(0, +) / Double(n)
      let meanGHat = zip(g, hat).reduce(0) { $0 + $1.0 * $1.1 } / Double(n)
      for j in 0..<n {
        expected.append(scales ? hat[j] * Double(gamma.start[j]) + Double(beta.start[j]) : hat[j])
        dxs.append(scale * (g[j] - meanG - hat[j] * meanGHat))
        dgammas[j] += Double(dy.start[r * n + j]) * hat[j]
        dbetas[j] += Double(dy.start[r * n + j])
      }
    }
    #expect(distance(y.values, expected) < 2e-5 && y.isIntact, "\(size)")
    #expect(distance(dx.values, dxs) < 1e-4 && dx.isIntact, "\(size)")
    #expect(distance(dgamma.values, dgammas) < 3e-5 && dgamma.isIntact, "\(size)")
    #expect(distance(dbeta.values, dbetas) < 1e-5 && dbeta.isIntact && scratch.isIntact, "\(size)")
  }
}
