import Foundation
import Testing
import VectorKernels

struct MatrixTests {
  static let sizes = [
    [32, 5, 8], [1, 1, 1], [3, 17, 1], [9, 33, 130], [12, 16, 300], [5, 40, 0], [0, 4, 3], [7, 64, 5],
  ]

  @Test(arguments: sizes, [false, true])
  func product(size: [Int], accumulates: Bool) {
    let (m, n, k) = (size[0], size[1], size[2])
    for transposes in 0..<4 {
      for activation in [VK_ACTIVATION_LINEAR, VK_ACTIVATION_RELU, VK_ACTIVATION_TANH, VK_ACTIVATION_SIGMOID] {
        var numbers = SampleNumbers(seed: UInt64(m * 1000 + n * 10 + k + transposes))
        let a = FloatMemory(numbers.floats(2 * m * k))
        let b = FloatMemory(numbers.floats(2 * k * n))
        let bias = FloatMemory(numbers.floats(n))
        let before = numbers.floats(2 * m * n)
        let c = FloatMemory(before)
        var arguments = vk_matrix_arguments()
        arguments.a = UnsafeRawPointer(a.start)
        arguments.b = UnsafeRawPointer(b.start)
        arguments.bias = UnsafeRawPointer(bias.start)
        arguments.c = UnsafeMutableRawPointer(c.start)
        arguments.activation = Int32(activation.rawValue)
        arguments.accumulates = accumulates ? 1 : 0
        (arguments.m, arguments.n, arguments.k) = (Int64(m), Int64(n), Int64(k))
        (arguments.a_row, arguments.a_column) = transposes & 1 == 0 ? (Int64(k), 1) : (1, Int64(m))
        (arguments.b_row, arguments.b_column) = transposes & 2 == 0 ? (Int64(n), 1) : (1, Int64(k))
        arguments.c_row = Int64(n)
        (arguments.batch, arguments.a_batch) = (2, Int64(m * k))
        (arguments.b_batch, arguments.c_batch) = (Int64(k * n), Int64(m * n))
        vk_matrix(&arguments)

        var expected: [Double] = []
        let (av, bv, biases) = (a.values, b.values, bias.values)
        for item in 0..<2 {
          for i in 0..<m {
            for j in 0..<n {
              var sum = Double(biases[j])
              for p in 0..<k {
                let x = av[item * m * k + (transposes & 1 == 0 ? i * k + p : p * m + i)]
                let y = bv[item * k * n + (transposes & 2 == 0 ? p * n + j : j * k + p)]
                sum += Double(x) * Double(y)
              }
              if accumulates {
                sum += Double(before[item * m * n + i * n + j])
              } else if activation == VK_ACTIVATION_RELU {
                sum = max(sum, 0)
              } else if activation == VK_ACTIVATION_TANH {
                sum = tanh(sum)
              } else if activation == VK_ACTIVATION_SIGMOID {
                sum = 1 / (1 + exp(-sum))
              }
              expected.append(sum)
            }
          }
        }
        #expect(distance(c.values, expected) < 1e-5, "\(size), transposes \(transposes), activation \(activation)")
        #expect(c.isIntact)
      }
    }
  }

  @Test func otherTypes() {
    let a = SampleMemory<Int64>([1, 2, 3, 4, 5, 6], mark: 7)
    let b = SampleMemory<Int64>([1, 0, -1, 2, 3, 1], mark: 7)
    let c = SampleMemory<Int64>(repeating: 0, count: 4, mark: 7)
    var arguments = vk_matrix_arguments()
    arguments.a = UnsafeRawPointer(a.start)
    arguments.b = UnsafeRawPointer(b.start)
    arguments.c = UnsafeMutableRawPointer(c.start)
    arguments.type = Int32(VK_MATRIX_I64.rawValue)
    (arguments.m, arguments.n, arguments.k, arguments.batch) = (2, 2, 3, 1)
    (arguments.a_row, arguments.a_column, arguments.b_row, arguments.b_column, arguments.c_row) = (3, 1, 2, 1, 2)
    vk_matrix(&arguments)
    #expect(c.values == [8, 7, 17, 16])
    #expect(c.isIntact)

    let x = SampleMemory<Double>([1, -2, 3, 4], mark: 7)
    let y = SampleMemory<Double>([0.5, 1, 2, -1], mark: 7)
    let z = SampleMemory<Double>(repeating: 0, count: 4, mark: 7)
    arguments.a = UnsafeRawPointer(x.start)
    arguments.b = UnsafeRawPointer(y.start)
    arguments.c = UnsafeMutableRawPointer(z.start)
    arguments.type = Int32(VK_MATRIX_F64.rawValue)
    arguments.activation = Int32(VK_ACTIVATION_RELU.rawValue)
    arguments.k = 2
    (arguments.a_row, arguments.b_row, arguments.b_column) = (2, 1, 2)
    vk_matrix(&arguments)
    #expect(z.values == [0, 4, 5.5, 2])
  }

  @Test(arguments: [[32, 8, 5], [32, 5, 3], [33, 13, 40], [1, 1, 1], [0, 3, 2], [4, 21, 33], [7, 2, 16]])
  func denseGradient(size: [Int]) {
    let (rows, inputs, units) = (size[0], size[1], size[2])
    for accumulates in [false, true] {
      for hasBias in [false, true] {
        var numbers = SampleNumbers(seed: UInt64(rows + inputs + units))
        let x = FloatMemory(numbers.floats(rows * inputs))
        let dy = FloatMemory(numbers.floats(rows * units))
        let kernelBefore = numbers.floats(inputs * units)
        let biasBefore = numbers.floats(units)
        let dw = FloatMemory(kernelBefore)
        let db = FloatMemory(biasBefore)
        var arguments = vk_dense_gradient_arguments()
        (arguments.x, arguments.dy, arguments.dw) = (UnsafePointer(x.start), UnsafePointer(dy.start), dw.start)
        arguments.db = hasBias ? db.start : nil
        arguments.accumulates = accumulates ? 1 : 0
        (arguments.rows, arguments.inputs, arguments.units) = (Int64(rows), Int64(inputs), Int64(units))
        vk_dense_gradient(&arguments)
        var kernel = kernelBefore.map { accumulates ? Double($0) : 0 }
        var bias = biasBefore.map { accumulates ? Double($0) : 0 }
        for r in 0..<rows {
          for j in 0..<units {
            let g = Double(dy.start[r * units + j])
            bias[j] += g
            for i in 0..<inputs { kernel[i * units + j] += Double(x.start[r * inputs + i]) * g }
          }
        }
        if !hasBias { bias = biasBefore.map(Double.init) }
        #expect(distance(dw.values, kernel) < 2e-6 && distance(db.values, bias) < 2e-6, "\(size)")
        #expect(dw.isIntact && db.isIntact)
      }
    }
  }
}
