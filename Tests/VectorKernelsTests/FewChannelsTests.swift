// Convolutions of few channels and their gradients against the definition: pixels in blocks and by rows, strides, paddings.
import Testing
import VectorKernels

struct FewChannelsTests {
  static let shapes: [vk_convolution_shape] = [
    .init(
      batch: 5, channels: 1, height: 12, width: 13, filters: 64, output_height: 6, output_width: 7, kernel_height: 4,
      kernel_width: 4, stride_height: 2, stride_width: 2, padding_top: 1, padding_left: 1),
    .init(
      batch: 2, channels: 3, height: 9, width: 17, filters: 80, output_height: 9, output_width: 17, kernel_height: 3,
      kernel_width: 3, stride_height: 1, stride_width: 1, padding_top: 1, padding_left: 1),
    .init(
      batch: 3, channels: 4, height: 9, width: 11, filters: 16, output_height: 3, output_width: 3, kernel_height: 4,
      kernel_width: 4, stride_height: 3, stride_width: 4, padding_top: 0, padding_left: 1),
    .init(
      batch: 1, channels: 2, height: 5, width: 40, filters: 32, output_height: 4, output_width: 21, kernel_height: 2,
      kernel_width: 16, stride_height: 1, stride_width: 2, padding_top: 0, padding_left: 8),
  ]

  /// Numbers of one shape, and the sums by their definition.
  private struct Samples {
    let shape: vk_convolution_shape
    let isBlocked: Bool
    let x: [Float], kernel: [Float], bias: [Float], dy: [Float]

    init(_ shape: vk_convolution_shape, isBlocked: Bool) {
      (self.shape, self.isBlocked) = (shape, isBlocked)
      var numbers = SampleNumbers(seed: UInt64(shape.filters + shape.width))
      x = numbers.floats(Int(shape.batch * shape.height * shape.width * shape.channels))
      kernel = numbers.floats(Int(shape.kernel_height * shape.kernel_width * shape.channels * shape.filters))
      bias = numbers.floats(Int(shape.filters))
      dy = numbers.floats(Int(shape.batch * shape.output_height * shape.output_width * shape.filters))
    }

    var pixels: Int { Int(shape.output_height * shape.output_width) }
    var image: Int64 { Int64(pixels) * shape.filters }
    var pixel: Int64 { isBlocked ? 16 : shape.filters }
    var block: Int64 { isBlocked ? Int64(pixels) * 16 : 16 }
    func place(_ n: Int, _ pixel: Int, _ k: Int) -> Int {
      n * Int(image) + pixel * Int(self.pixel) + k / 16 * Int(block) + k % 16
    }

    /// Every multiplication of the convolution: elements of x, of the kernel, of y.
    func forEach(_ body: (_ x: Int, _ kernel: Int, _ y: Int) -> Void) {
      let s = shape
      let (height, width, channels, filters) = (Int(s.height), Int(s.width), Int(s.channels), Int(s.filters))
      for n in 0..<Int(s.batch) {
        for i in 0..<Int(s.output_height) {
          for j in 0..<Int(s.output_width) {
            for r in 0..<Int(s.kernel_height) {
              for t in 0..<Int(s.kernel_width) {
                let row = i * Int(s.stride_height) + r - Int(s.padding_top)
                let column = j * Int(s.stride_width) + t - Int(s.padding_left)
                guard (0..<height).contains(row), (0..<width).contains(column) else { continue }
                for c in 0..<channels {
                  for k in 0..<filters {
                    body(
                      ((n * height + row) * width + column) * channels + c,
                      ((r * Int(s.kernel_width) + t) * channels + c) * filters + k,
                      place(n, i * Int(s.output_width) + j, k))
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  private func aligned(_ bytes: Int64) -> (memory: FloatMemory, start: UnsafeMutablePointer<Float>) {
    let memory = FloatMemory(count: Int(bytes) / 4 + 16)
    return (memory, memory.start + (16 - Int(bitPattern: memory.start) / 4 % 16) % 16)
  }

  private func worst(_ given: [Float], _ wanted: [Double]) -> Double {
    zip(given, wanted).map { abs(Double($0) - $1) / (1 + abs($1)) }.max() ?? .infinity
  }

  @Test(arguments: shapes.indices, [false, true]) func forward(index: Int, isBlocked: Bool) {
    let samples = Samples(Self.shapes[index], isBlocked: isBlocked)
    var sums = [Double](repeating: 0, count: samples.dy.count)
    for n in 0..<Int(samples.shape.batch) {
      for pixel in 0..<samples.pixels {
        for k in samples.bias.indices { sums[samples.place(n, pixel, k)] = Double(samples.bias[k]) }
      }
    }
    samples.forEach { x, kernel, y in sums[y] += Double(samples.x[x]) * Double(samples.kernel[kernel]) }
    let x = FloatMemory(samples.x), kernel = FloatMemory(samples.kernel), bias = FloatMemory(samples.bias)
    for threads: Int32 in [1, 2, 3] {
      let y = FloatMemory([Float](repeating: .nan, count: sums.count))
      var arguments = vk_convolution_few_arguments()
      (arguments.shape, arguments.threads) = (samples.shape, threads)
      arguments.activation = Int32(VK_ACTIVATION_RELU.rawValue)
      (arguments.image, arguments.pixel, arguments.block) = (samples.image, samples.pixel, samples.block)
      let workspace = aligned(vk_convolution_few_workspace(&arguments))
      (arguments.x, arguments.kernel, arguments.bias) = (.init(x.start), .init(kernel.start), .init(bias.start))
      (arguments.y, arguments.workspace) = (y.start, workspace.start)
      vk_convolution_few(&arguments)
      #expect(worst(y.values, sums.map { max($0, 0) }) < 1e-5, "\(threads) threads")
      #expect(y.isIntact && workspace.memory.isIntact)
    }
  }

  @Test(arguments: shapes.indices, [false, true]) func gradients(index: Int, isBlocked: Bool) {
    let samples = Samples(Self.shapes[index], isBlocked: isBlocked)
    var forX = [Double](repeating: 0, count: samples.x.count)
    var forKernel = [Double](repeating: 0, count: samples.kernel.count)
    var forBias = [Double](repeating: 0, count: samples.bias.count)
    samples.forEach { x, kernel, y in
      forX[x] += Double(samples.dy[y]) * Double(samples.kernel[kernel])
      forKernel[kernel] += Double(samples.dy[y]) * Double(samples.x[x])
    }
    for n in 0..<Int(samples.shape.batch) {
      for pixel in 0..<samples.pixels {
        for k in forBias.indices { forBias[k] += Double(samples.dy[samples.place(n, pixel, k)]) }
      }
    }
    let x = FloatMemory(samples.x), kernel = FloatMemory(samples.kernel), dy = FloatMemory(samples.dy)
    for threads: Int32 in [1, 2, 3] {
      let dx = FloatMemory([Float](repeating: .nan, count: forX.count))
      var scatter = vk_convolution_scatter_arguments()
      (scatter.shape, scatter.threads) = (samples.shape, threads)
      (scatter.image, scatter.pixel, scatter.block) = (samples.image, samples.pixel, samples.block)
      let pictures = aligned(vk_convolution_scatter_workspace(&scatter))
      (scatter.dy, scatter.kernel, scatter.dx) = (.init(dy.start), .init(kernel.start), dx.start)
      scatter.workspace = pictures.start
      vk_convolution_scatter(&scatter)
      #expect(worst(dx.values, forX) < 1e-5, "\(threads) threads")
      #expect(dx.isIntact && pictures.memory.isIntact)

      let dkernel = FloatMemory([Float](repeating: .nan, count: forKernel.count))
      let dbias = FloatMemory([Float](repeating: .nan, count: forBias.count))
      var few = vk_convolution_few_arguments()
      (few.shape, few.threads) = (samples.shape, threads)
      (few.image, few.pixel, few.block) = (samples.image, samples.pixel, samples.block)
      let workspace = aligned(vk_convolution_few_workspace(&few))
      (few.x, few.y, few.dkernel, few.dbias) = (.init(x.start), dy.start, dkernel.start, dbias.start)
      few.workspace = workspace.start
      vk_convolution_few_kernel_gradient(&few)
      #expect(worst(dkernel.values, forKernel) < 1e-5 && worst(dbias.values, forBias) < 1e-5, "\(threads) threads")
      #expect(dkernel.isIntact && dbias.isIntact && workspace.memory.isIntact)
    }
  }

  @Test func refusesLargeKernels() {
    var shape = Self.shapes[0]
    #expect(vk_convolution_scatter_supported(&shape) != 0)
    shape.kernel_width = 17
    #expect(vk_convolution_scatter_supported(&shape) == 0)
    shape = Self.shapes[1]
    shape.batch = 0
    #expect(vk_convolution_scatter_supported(&shape) == 0)
  }
}
