import Foundation
import Testing
import VectorKernels

/// A convolution shape whose output size follows from the rest: [N, C, H, W, CO, KH, KW, sh, sw, top, left, bottom, right].
private func convolutionShape(_ v: [Int]) -> vk_convolution_shape {
  var s = vk_convolution_shape()
  (s.batch, s.channels, s.height, s.width) = (Int64(v[0]), Int64(v[1]), Int64(v[2]), Int64(v[3]))
  (s.filters, s.kernel_height, s.kernel_width) = (Int64(v[4]), Int64(v[5]), Int64(v[6]))
  (s.stride_height, s.stride_width, s.padding_top, s.padding_left) = (
    Int64(v[7]), Int64(v[8]), Int64(v[9]), Int64(v[10])
  )
  s.output_height = Int64((v[2] + v[9] + v[11] - v[5]) / v[7] + 1)
  s.output_width = Int64((v[3] + v[10] + v[12] - v[6]) / v[8] + 1)
  return s
}

/// Plain loops in Double: results, and both gradients of sum(y dy).
private struct NaiveConvolution {
  var y: [Double], dx: [Double], dw: [Double], db: [Double]

  init(_ s: vk_convolution_shape, x: [Float], w: [Float], b: [Float], dy: [Float]) {
    let n = Int(s.batch)
    let c = Int(s.channels)
    let h = Int(s.height)
    let width = Int(s.width)
    let k = Int(s.filters)
    let oh = Int(s.output_height)
    let ow = Int(s.output_width)
    let kh = Int(s.kernel_height)
    let kw = Int(s.kernel_width)
    y = [Double](repeating: 0, count: k * oh * ow * n)
    dx = [Double](repeating: 0, count: x.count)
    dw = [Double](repeating: 0, count: w.count)
    db = [Double](repeating: 0, count: k)
    for f in 0..<k {
      for i in 0..<oh {
        for j in 0..<ow {
          let to = ((f * oh + i) * ow + j) * n
          for m in 0..<n {
            y[to + m] = Double(b[f])
            db[f] += Double(dy[to + m])
          }
          for r in 0..<kh {
            let row = i * Int(s.stride_height) + r - Int(s.padding_top)
            guard row >= 0, row < h else { continue }
            for t in 0..<kw {
              let column = j * Int(s.stride_width) + t - Int(s.padding_left)
              guard column >= 0, column < width else { continue }
              for channel in 0..<c {
                let from = ((channel * h + row) * width + column) * n
                let tap = ((r * kw + t) * c + channel) * k + f
                let weight = Double(w[tap])
                var sum = 0.0
                for m in 0..<n {
                  let value = Double(x[from + m])
                  let g = Double(dy[to + m])
                  y[to + m] += value * weight
                  dx[from + m] += g * weight
                  sum += value * g
                }
                dw[tap] += sum
              }
            }
          }
        }
      }
    }
  }
}

struct ConvolutionTests {
  static let shapes: [[Int]] = [
    [9, 1, 12, 12, 6, 5, 5, 1, 1, 0, 0, 0, 0], [15, 6, 7, 8, 37, 5, 3, 2, 1, 1, 0, 0, 1],
    [1, 3, 5, 6, 12, 3, 3, 1, 2, 0, 1, 1, 1],
    [32, 1, 12, 12, 6, 5, 5, 1, 1, 0, 0, 0, 0], [16, 6, 7, 8, 16, 5, 5, 1, 1, 0, 0, 0, 0],
    [128, 4, 3, 3, 36, 3, 3, 1, 1, 0, 0, 0, 0], [272, 2, 2, 3, 37, 2, 3, 1, 1, 0, 0, 0, 0],
    [16, 3, 9, 7, 5, 3, 2, 2, 3, 1, 1, 0, 1], [48, 2, 6, 11, 13, 7, 9, 1, 2, 3, 4, 3, 4],
    [80, 5, 4, 5, 20, 1, 1, 2, 2, 0, 0, 0, 0], [96, 3, 5, 4, 7, 2, 6, 1, 1, 1, 3, 0, 2],
    [16, 1, 1, 1, 1, 3, 3, 4, 4, 2, 2, 2, 2], [32, 2, 10, 12, 3, 4, 11, 3, 5, 0, 0, 0, 3],
    [64, 1, 8, 8, 26, 2, 2, 3, 3, 0, 0, 0, 0], [16, 2, 5, 5, 12, 5, 5, 1, 1, 2, 2, 2, 2],
    [17, 1, 12, 12, 6, 5, 5, 1, 1, 0, 0, 0, 0], [100, 4, 3, 3, 36, 3, 3, 1, 1, 0, 0, 0, 0],
    [31, 3, 9, 7, 5, 3, 2, 2, 3, 1, 1, 0, 1], [65, 2, 6, 11, 13, 7, 9, 1, 2, 3, 4, 3, 4],
    [130, 5, 4, 5, 20, 1, 1, 2, 2, 0, 0, 0, 0], [143, 3, 5, 4, 7, 2, 6, 1, 1, 1, 3, 0, 2],
  ]

  @Test(arguments: shapes)
  func agreesWithPlainLoops(values: [Int]) {
    var s = convolutionShape(values)
    #expect(vk_convolution_supported(&s) == 1)
    var numbers = SampleNumbers(seed: UInt64(values.reduce(0) { $0 * 13 + $1 }))
    let outputs = Int(s.filters * s.output_height * s.output_width * s.batch)
    let x = FloatMemory(numbers.floats(values[0] * values[1] * values[2] * values[3]))
    let w = FloatMemory(numbers.floats(values[5] * values[6] * values[1] * values[4]))
    let b = FloatMemory(numbers.floats(values[4]))
    let dy = FloatMemory(numbers.floats(outputs))
    let naive = NaiveConvolution(s, x: x.values, w: w.values, b: b.values, dy: dy.values)

    for (activation, apply) in [
      (VK_ACTIVATION_LINEAR, { $0 }), (VK_ACTIVATION_RELU, { max($0, 0) }), (VK_ACTIVATION_TANH, { tanh($0) }),
    ] as [(vk_activation, (Double) -> Double)] {
      let y = FloatMemory(count: outputs)
      var forward = vk_convolution_arguments()
      (forward.x, forward.kernel, forward.bias, forward.y) = (
        UnsafePointer(x.start), UnsafePointer(w.start), UnsafePointer(b.start), y.start
      )
      (forward.threads, forward.activation, forward.shape) = (1, Int32(activation.rawValue), s)
      vk_convolution(&forward)
      #expect(distance(y.values, naive.y.map(apply)) < 1e-5 && y.isIntact, "\(values), activation \(activation)")
    }

    let dx = FloatMemory(count: x.count)
    var input = vk_convolution_input_gradient_arguments()
    (input.dy, input.kernel, input.dx) = (UnsafePointer(dy.start), UnsafePointer(w.start), dx.start)
    (input.threads, input.shape) = (1, s)
    vk_convolution_input_gradient(&input)
    #expect(distance(dx.values, naive.dx) < 1e-5 && dx.isIntact, "\(values)")

    let dw = FloatMemory(count: w.count)
    let db = FloatMemory(count: values[4])
    var kernel = vk_convolution_kernel_gradient_arguments()
    (kernel.x, kernel.dy, kernel.dkernel, kernel.dbias) = (
      UnsafePointer(x.start), UnsafePointer(dy.start), dw.start, db.start
    )
    (kernel.threads, kernel.shape) = (1, s)
    vk_convolution_kernel_gradient(&kernel)
    #expect(distance(dw.values, naive.dw) < 1e-5 && dw.isIntact, "\(values)")
    #expect(distance(db.values, naive.db) < 1e-5 && db.isIntact, "\(values)")
    let onlyKernel = FloatMemory(count: w.count)
    (kernel.dkernel, kernel.dbias) = (onlyKernel.start, nil)
    vk_convolution_kernel_gradient(&kernel)
    #expect(onlyKernel.values == dw.values)
  }

  /// <conv(x, w), dy> = <x, input gradient> = <w, kernel gradient>, without a bias.
  @Test(arguments: shapes)
  func gradientsAreAdjoints(values: [Int]) {
    let s = convolutionShape(values)
    var numbers = SampleNumbers(seed: 77)
    let outputs = Int(s.filters * s.output_height * s.output_width * s.batch)
    let x = FloatMemory(numbers.floats(values[0] * values[1] * values[2] * values[3]))
    let w = FloatMemory(numbers.floats(values[5] * values[6] * values[1] * values[4]))
    let dy = FloatMemory(numbers.floats(outputs))
    let y = FloatMemory(count: outputs)
    let dx = FloatMemory(count: x.count)
    let dw = FloatMemory(count: w.count)
    var forward = vk_convolution_arguments()
    var input = vk_convolution_input_gradient_arguments()
    var kernel = vk_convolution_kernel_gradient_arguments()
    (forward.x, forward.kernel, forward.y, forward.threads, forward.shape) = (
      UnsafePointer(x.start), UnsafePointer(w.start), y.start, 1, s
    )
    (input.dy, input.kernel, input.dx, input.threads, input.shape) = (
      UnsafePointer(dy.start), UnsafePointer(w.start), dx.start, 1, s
    )
    (kernel.x, kernel.dy, kernel.dkernel, kernel.threads, kernel.shape) = (
      UnsafePointer(x.start), UnsafePointer(dy.start), dw.start, 1, s
    )
    vk_convolution(&forward)
    vk_convolution_input_gradient(&input)
    vk_convolution_kernel_gradient(&kernel)
    func product(_ a: FloatMemory, _ b: FloatMemory) -> Double {
      zip(a.values, b.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let whole = product(y, dy)
    let scale = 1e-6 * Double(outputs).squareRoot() * Double(values[1] * values[5] * values[6]) + 1e-6
    #expect(abs(product(x, dx) - whole) < scale && abs(product(w, dw) - whole) < scale, "\(values)")
  }

  @Test func saysWhatItCannotDo() {
    var s = convolutionShape([15, 1, 8, 8, 4, 3, 3, 1, 1, 0, 0, 0, 0])
    #expect(vk_convolution_supported(&s) == 1)
    s.batch = 0
    #expect(vk_convolution_supported(&s) == 0)
    s.batch = 17
    #expect(vk_convolution_supported(&s) == 1)
    s.kernel_height = 300
    #expect(vk_convolution_supported(&s) == 0)
  }
}
