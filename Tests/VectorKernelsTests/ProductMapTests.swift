// Products that go through a map at once, against the product and the map one after the other.
import Testing
import VectorKernels

struct ProductMapTests {
  /// w - rate · g and g + 0.5 · w, from w and g = a b; `panel` columns of w lie together.
  private func check(_ m: Int, _ n: Int, _ k: Int, panel: Int, transposes: Bool, threads: Int32) throws {
    var numbers = SampleNumbers(seed: UInt64(m * 1000 + n * 10 + k))
    let a = FloatMemory(numbers.floats(m * k)), b = FloatMemory(numbers.floats(k * n))
    let w = FloatMemory(numbers.floats(m * n)), sum = FloatMemory(count: m * n), rate = FloatMemory([0.25])
    let before = w.values
    // Inputs: w, g, the rate; w is written in place.
    let steps = [
      instruction(VK_MUL, 3, 1, 2), instruction(VK_SUB, 4, 0, 3), instruction(VK_COMBINE, 5, 1, 0, shift: 0.5),
    ]
    let outputs = [output(4), output(5)]
    let types = [UInt8](repeating: UInt8(VK_F32.rawValue), count: 3)
    let dims = [Int64(m * n)], strides: [Int64] = [1, 1, 0, 1, 1]
    let pointers: [UnsafeMutableRawPointer?] = [
      .init(w.start), nil, .init(rate.start), .init(w.start), .init(sum.start),
    ]
    let created = dims.withUnsafeBufferPointer { dims in
      strides.withUnsafeBufferPointer { strides in
        pointers.withUnsafeBufferPointer { pointers in
          var segment = vk_segment(
            rank: 1, dims: dims.baseAddress, strides: strides.baseAddress, pointers: pointers.baseAddress)
          return types.withUnsafeBufferPointer { types in
            outputs.withUnsafeBufferPointer { outputs in
              steps.withUnsafeBufferPointer { steps in
                withUnsafePointer(to: &segment) { segment in
                  var description = vk_map_description(
                    class_: Int32(VK_CLASS_F32.rawValue), threads: threads, inputs: 3, outputs: 2,
                    instructions: Int32(steps.count), segments: 1, input_types: types.baseAddress,
                    output: outputs.baseAddress, instruction: steps.baseAddress, segment: segment)
                  return vk_map_create(&description, nil, 0)
                }
              }
            }
          }
        }
      }
    }
    let map = try #require(created)
    defer { vk_map_destroy(map) }
    #expect(vk_map_is_flat(map) != 0)
    var arguments = vk_product_map_arguments()
    (arguments.m, arguments.n, arguments.k, arguments.panel) = (Int64(m), Int64(n), Int64(k), Int64(panel))
    (arguments.a_row, arguments.a_column) = transposes ? (1, Int64(m)) : (Int64(k), 1)
    (arguments.b_row, arguments.b_column) = (Int64(n), 1)
    (arguments.map, arguments.operand, arguments.threads) = (map, 1, threads)
    #expect(vk_product_map_supported(&arguments) != 0)
    let workspace = FloatMemory(count: Int(vk_product_map_workspace(&arguments)) / 4 + 16)
    let start = (16 - Int(bitPattern: workspace.start) / 4 % 16) % 16
    (arguments.a, arguments.b) = (UnsafePointer(a.start), UnsafePointer(b.start))
    arguments.workspace = workspace.start + start
    vk_product_map(&arguments)

    let (x, y) = (a.values, b.values)
    var worst = 0.0
    for i in 0..<m {
      for j in 0..<n {
        var (g, size) = (0.0, 1.0)
        for p in 0..<k {
          let term = Double(x[transposes ? p * m + i : i * k + p]) * Double(y[p * n + j])
          g += term
          size += abs(term)
        }
        let place = (j / panel * m + i) * panel + j % panel
        let old = Double(before[place])
        worst = max(worst, abs(Double(w.start[place]) - (old - 0.25 * g)) / size)
        worst = max(worst, abs(Double(sum.start[place]) - (g + 0.5 * old)) / size)
      }
    }
    #expect(worst < 1e-6, "\(m) x \(n) x \(k) in panels of \(panel), \(threads) threads")
    #expect(a.isIntact && b.isIntact && w.isIntact && sum.isIntact && workspace.isIntact)
  }

  /// Rows, columns, depth, columns of a panel.
  static let sizes = [
    [2, 1, 1, 1], [8, 32, 16, 32], [9, 33, 17, 33], [7, 15, 5, 5], [200, 100, 32, 100], [130, 128, 128, 64],
    [65, 48, 40, 16], [1000, 20, 4, 20], [300, 64, 512, 64], [33, 3000, 2, 3000],
  ]

  @Test(arguments: sizes) func productsThroughAMap(size: [Int]) throws {
    for threads: Int32 in [1, 2, 3] {
      for transposes in [false, true] {
        try check(size[0], size[1], size[2], panel: size[3], transposes: transposes, threads: threads)
      }
    }
  }
}
