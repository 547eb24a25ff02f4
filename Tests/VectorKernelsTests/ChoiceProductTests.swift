// Sums of chosen rows against the sum by its definition: sizes around the edges of tiles, fours and tables, every way to lie.
import Foundation
import Testing
import VectorKernels

struct ChoiceProductTests {
  private func check(
    _ m: Int, _ n: Int, _ k: Int, transposes: Int, activation: vk_activation?, threads: Int32, padding: Int
  ) -> [Float] {
    var numbers = SampleNumbers(seed: UInt64(m * 1000 + n * 10 + k + transposes))
    let b = FloatMemory(numbers.floats(k * n)), biases = FloatMemory(numbers.floats(n))
    let a = FloatMemory(numbers.floats(m * k).map { $0 > 0.1 ? 1 : 0 })
    let c = FloatMemory([Float](repeating: -7, count: m * (n + padding)))
    var arguments = vk_choice_product_arguments()
    (arguments.m, arguments.n, arguments.k) = (Int64(m), Int64(n), Int64(k))
    (arguments.a_row, arguments.a_column) = transposes & 1 == 0 ? (Int64(k), 1) : (1, Int64(m))
    (arguments.b_row, arguments.b_column) = transposes & 2 == 0 ? (Int64(n), 1) : (1, Int64(k))
    (arguments.c_row, arguments.threads) = (Int64(n + padding), threads)
    arguments.activation = Int32((activation ?? VK_ACTIVATION_LINEAR).rawValue)
    arguments.bias = activation == nil ? nil : UnsafePointer(biases.start)
    let workspace = FloatMemory(count: Int(vk_choice_product_workspace(&arguments)) / 4 + 16)
    let start = (16 - Int(bitPattern: workspace.start) / 4 % 16) % 16
    (arguments.a, arguments.b) = (UnsafePointer(a.start), UnsafePointer(b.start))
    (arguments.c, arguments.workspace) = (c.start, workspace.start + start)
    vk_choice_product(&arguments)

    let (x, y, z) = (a.values, b.values, biases.values)
    var worst = 0.0
    for i in 0..<m {
      for j in 0..<n {
        var sum = activation == nil ? 0 : Double(z[j]), size = abs(sum) + 1
        for p in 0..<k where x[transposes & 1 == 0 ? i * k + p : p * m + i] != 0 {
          let term = Double(y[transposes & 2 == 0 ? p * n + j : j * k + p])
          sum += term
          size += abs(term)
        }
        switch activation {
        case VK_ACTIVATION_RELU: sum = max(sum, 0)
        case VK_ACTIVATION_TANH: sum = tanh(sum)
        case VK_ACTIVATION_SIGMOID: sum = 1 / (1 + exp(-sum))
        default: break
        }
        worst = max(worst, abs(Double(c.start[i * (n + padding) + j]) - sum) / size)
      }
      for j in n..<(n + padding) where c.start[i * (n + padding) + j] != -7 { worst = .infinity }
    }
    #expect(worst < 1e-6, "\(m) x \(n) x \(k), transposes \(transposes), \(threads) threads")
    #expect(a.isIntact && b.isIntact && c.isIntact && workspace.isIntact)
    return c.values
  }

  static let sizes = [
    [1, 1, 1], [8, 16, 4], [9, 17, 5], [7, 15, 3], [16, 33, 112], [17, 48, 113], [48, 64, 224], [100, 70, 130],
    [1030, 20, 9], [33, 100, 1001],
  ]

  @Test(arguments: sizes, 0..<4) func sums(size: [Int], transposes: Int) {
    for activation in [nil, VK_ACTIVATION_LINEAR, VK_ACTIVATION_RELU, VK_ACTIVATION_TANH, VK_ACTIVATION_SIGMOID] {
      let one = check(size[0], size[1], size[2], transposes: transposes, activation: activation, threads: 1, padding: 0)
      for threads: Int32 in [2, 3] {
        let several = check(
          size[0], size[1], size[2], transposes: transposes, activation: activation, threads: threads, padding: 0)
        #expect(one == several, "the same bits on \(threads) threads")
      }
    }
    _ = check(size[0], size[1], size[2], transposes: transposes, activation: nil, threads: 2, padding: 3)
  }
}
