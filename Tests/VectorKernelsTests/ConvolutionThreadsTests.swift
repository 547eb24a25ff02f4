// Kernels divided among a team give what one thread gives.
import Foundation
import Testing
import VectorKernels

struct ConvolutionThreadsTests {
  /// Runs `kernel` with 1, 2, 3 and 5 threads; the last results are compared with the first.
  func compare(_ count: Int, tolerance: Double = 0, _ kernel: (Int32, UnsafeMutablePointer<Float>) -> Void) {
    let alone = FloatMemory(count: count)
    kernel(1, alone.start)
    for threads: Int32 in [2, 3, 5] {
      let team = FloatMemory(count: count)
      kernel(threads, team.start)
      #expect(distance(team.values, alone.values.map(Double.init)) <= tolerance && team.isIntact, "\(threads) threads")
    }
  }

  @Test(arguments: [80, 135]) func convolutions(batch: Int) {
    var s = vk_convolution_shape()
    (s.batch, s.channels, s.height, s.width, s.filters) = (Int64(batch), 3, 6, 7, 29)
    (s.kernel_height, s.kernel_width, s.stride_height, s.stride_width) = (3, 3, 1, 2)
    (s.output_height, s.output_width) = (4, 3)
    for whole in [false, true] {
      if whole { (s.kernel_height, s.kernel_width, s.output_height, s.output_width) = (6, 7, 1, 1) }
      let outputs = Int(29 * s.output_height * s.output_width) * batch
      let weights = Int(s.kernel_height * s.kernel_width) * 3 * 29
      var numbers = SampleNumbers(seed: 9)
      let x = FloatMemory(numbers.floats(3 * 6 * 7 * batch))
      let w = FloatMemory(numbers.floats(weights))
      let dy = FloatMemory(numbers.floats(outputs))
      compare(outputs) {
        var a = vk_convolution_arguments()
        (a.x, a.kernel, a.y, a.threads, a.shape) = (UnsafePointer(x.start), UnsafePointer(w.start), $1, $0, s)
        vk_convolution(&a)
      }
      compare(x.count) {
        var a = vk_convolution_input_gradient_arguments()
        (a.dy, a.kernel, a.dx, a.threads, a.shape) = (UnsafePointer(dy.start), UnsafePointer(w.start), $1, $0, s)
        vk_convolution_input_gradient(&a)
      }
      compare(weights + 29) {
        var a = vk_convolution_kernel_gradient_arguments()
        (a.x, a.dy, a.dkernel, a.dbias) = (UnsafePointer(x.start), UnsafePointer(dy.start), $1, $1 + weights)
        (a.threads, a.shape) = (Int32($0), s)
        vk_convolution_kernel_gradient(&a)
      }
    }
  }

  @Test func convolutionWithPooling() {
    var s = vk_convolution_pool_shape()
    (s.batch, s.height, s.width, s.channels, s.filters, s.kernel_height, s.kernel_width) = (2, 9, 11, 3, 32, 2, 2)
    var numbers = SampleNumbers(seed: 9)
    let x = FloatMemory(numbers.floats(2 * 9 * 11 * 3))
    let w = FloatMemory(numbers.floats(12 * 32))
    let dy = FloatMemory(numbers.floats(2 * 4 * 5 * 32))
    let winners = SampleMemory<UInt8>(repeating: 9, count: dy.count, mark: 8)
    compare(dy.count) {
      var a = vk_convolution_pool_arguments()
      (a.x, a.kernel, a.y, a.winners) = (UnsafePointer(x.start), UnsafePointer(w.start), $1, winners.start)
      (a.threads, a.shape) = ($0, s)
      vk_convolution_pool(&a)
    }
    compare(13 * 32, tolerance: 1e-5) {
      let scratch = FloatMemory(count: Int(vk_convolution_pool_scratch(&s, $0)) / 4)
      var a = vk_convolution_pool_gradient_arguments()
      (a.x, a.dy, a.winners) = (UnsafePointer(x.start), UnsafePointer(dy.start), UnsafePointer(winners.start))
      (a.dkernel, a.dbias, a.scratch, a.threads, a.shape) = ($1, $1 + 12 * 32, scratch.start, $0, s)
      vk_convolution_pool_gradient(&a)
      #expect(scratch.isIntact)
    }
  }

  @Test(arguments: [2, 7])
  func pooling(outer: Int) {
    let s = PoolTests.shape([outer, 150, 1, 7, 8, 1, 3, 3, 1, 2, 2, 0, 1, 1, 0, 1, 1])
    let size = outer * 150 * 56
    let outputs = outer * 150 * Int(s.output.1 * s.output.2)
    var numbers = SampleNumbers(seed: 9)
    let x = FloatMemory(numbers.coarse(size))
    let dy = FloatMemory(numbers.floats(outputs))
    compare(outputs) {
      var a = vk_max_pool_arguments()
      (a.x, a.y, a.threads, a.shape) = (UnsafePointer(x.start), $1, $0, s)
      vk_max_pool(&a)
    }
    compare(size) {
      var a = vk_max_pool_gradient_arguments()
      (a.x, a.dy, a.dx, a.threads, a.shape) = (UnsafePointer(x.start), UnsafePointer(dy.start), $1, $0, s)
      vk_max_pool_gradient(&a)
    }
    compare(size) {
      var a = vk_average_pool_gradient_arguments()
      (a.dy, a.dx, a.threads, a.divisor, a.shape) = (UnsafePointer(dy.start), $1, $0, 1, s)
      vk_average_pool_gradient(&a)
    }
  }

  @Test func rows() {
    var numbers = SampleNumbers(seed: 9)
    let x = FloatMemory(numbers.floats(7 * 21))
    let dy = FloatMemory(numbers.floats(7 * 21))
    compare(7 * 21) {
      var a = vk_softmax_arguments(x: x.start, y: $1, threads: $0, logarithmic: 0, rows: 7, n: 21)
      vk_softmax(&a)
    }
    let mean = FloatMemory(numbers.floats(7))
    let inverse = FloatMemory(numbers.floats(7))
    compare(9 * 21, tolerance: 1e-6) {
      let scratch = FloatMemory(count: Int(vk_layer_normalization_scratch(21, $0)) / 4)
      var a = vk_layer_normalization_gradient_arguments()
      (a.x, a.dy, a.mean, a.inverse) = (
        UnsafePointer(x.start), UnsafePointer(dy.start), UnsafePointer(mean.start), UnsafePointer(inverse.start)
      )
      (a.dx, a.dgamma, a.dbeta, a.scratch) = ($1, $1 + 147, $1 + 168, scratch.start)
      (a.threads, a.rows, a.n) = ($0, 7, 21)
      vk_layer_normalization_gradient(&a)
    }
  }

  @Test(arguments: [1, 100])
  func byIndex(width: Int64) {
    var numbers = SampleNumbers(seed: 9)
    let ids = SampleMemory<Int64>((0..<60).map { _ in Int64.random(in: -1..<9, using: &numbers) }, mark: -1)
    let updates = FloatMemory(numbers.floats(60 * Int(width)))
    compare(8 * Int(width)) {
      var a = vk_scatter_add_arguments()
      (a.target, a.ids, a.updates) = (
        UnsafeMutableRawPointer($1), UnsafeRawPointer(ids.start), UnsafeRawPointer(updates.start)
      )
      (a.threads, a.type, a.id_type, a.clears) = ($0, Int32(VK_INDEX_F32.rawValue), Int32(VK_INDEX_I64.rawValue), 1)
      (a.batch, a.count, a.rows, a.width) = (1, 60, 8, width)
      vk_scatter_add(&a)
    }
    for (outer, inner): (Int64, Int64) in [(1, 60), (60, 1), (2, 30)] where width == 100 {
      compare(6000) {
        var a = vk_cumulate_arguments()
        (a.input, a.output, a.threads) = (UnsafeRawPointer(updates.start), UnsafeMutableRawPointer($1), $0)
        (a.type, a.outer, a.axis, a.inner) = (Int32(VK_INDEX_F32.rawValue), outer, 100, inner)
        vk_cumulate(&a)
      }
      compare(6000) {
        let scratch = SampleMemory<UInt8>(repeating: 0, count: Int(vk_sort_scratch(100, $0)), mark: 1)
        var a = vk_sort_arguments()
        (a.input, a.values, a.scratch) = (
          UnsafeRawPointer(updates.start), UnsafeMutableRawPointer($1), UnsafeMutableRawPointer(scratch.start)
        )
        (a.type, a.threads, a.rows, a.count, a.kept) = (Int32(VK_INDEX_F32.rawValue), $0, 60, 100, 100)
        vk_sort(&a)
        #expect(scratch.isIntact)
      }
    }
  }

  @Test func copies() {
    var numbers = SampleNumbers(seed: 9)
    let x = FloatMemory(numbers.floats(40 * 70 * 3))
    for strides: (Int64, Int64, Int64) in [(210, 3, 1), (1, 40, 2800), (3, 120, 1), (70, 1, 2800)] {
      compare(8400) { threads, y in
        var description = vk_copy_description()
        (description.rank, description.element_size) = (3, 4)
        (description.shape.0, description.shape.1, description.shape.2) = (40, 70, 3)
        (description.source_strides.0, description.source_strides.1, description.source_strides.2) = (210, 3, 1)
        (description.target_strides.0, description.target_strides.1, description.target_strides.2) = strides
        guard let copy = vk_copy_create(&description) else { return }
        (copy.pointee.source, copy.pointee.target) = (UnsafeRawPointer(x.start), UnsafeMutableRawPointer(y))
        copy.pointee.threads = threads
        vk_copy_run(copy)
        vk_copy_destroy(copy)
      }
    }
  }
}
