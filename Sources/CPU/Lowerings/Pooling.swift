// Pooling and its adjoints: one code for channel-last arrays and blocks of channels.
import CajalGraph
import VectorKernels

extension vk_pool_shape {
  /// Outer · spatial · inner extents of an operand: channels innermost, or in blocks of 16.
  init?(_ pooling: Pooling, input: Operand, output: Operand) {
    self.init()
    let channels = input.shape.last
    if input.isRowMajor, output.isRowMajor {
      (outer, inner) = (Int64(input.shape[0]), Int64(channels))
    } else if channels % 16 == 0, input.lies(as: .channelBlocked(input.shape, size: 16)),
      output.lies(as: .channelBlocked(output.shape, size: 16))
    {
      (outer, inner) = (Int64(input.shape[0] * channels / 16), 16)
    } else if input.lies(as: .batchInnermost(input.shape)), output.lies(as: .batchInnermost(output.shape)) {
      (outer, inner) = (Int64(channels), Int64(input.shape[0]))
    } else {
      return nil
    }
    func three(_ values: [Int]) -> (Int64, Int64, Int64) {
      let padded = [Int](repeating: 1, count: 3 - values.count) + values
      return (Int64(padded[0]), Int64(padded[1]), Int64(padded[2]))
    }
    let spatial = pooling.size.count
    guard spatial <= 3 else { return nil }
    self.input = three(Array(input.shape.dimensions[1...spatial]))
    self.output = three(Array(output.shape.dimensions[1...spatial]))
    window = three(pooling.size)
    stride = three(pooling.window.strides)
    let low = [Int](repeating: 0, count: 3 - spatial) + pooling.window.paddingLow
    padding = (Int64(low[0]), Int64(low[1]), Int64(low[2]))
  }

  static func checked(_ pooling: Pooling, input: Operand, output: Operand) throws -> vk_pool_shape {
    guard var shape = vk_pool_shape(pooling, input: input, output: output), vk_pool_supported(&shape) != 0 else {
      throw CajalError(
        .unsupported, pooling.label, expected: "windows that all meet the input, in one layout",
        given: "the input is \(input.type) and the window \(pooling.size)")
    }
    return shape
  }
}

extension Pooling: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool {
    inputs[0].dtype == .float32 && window.dilations.allSatisfy { $0 == 1 }
  }

  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "pool")
    let shape = try vk_pool_shape.checked(self, input: site.inputs[0], output: site.outputs[0])
    let threads = site.threads(bytes: 2 * site.inputs[0].type.byteCount)
    if kind == .maximum {
      _ = kernel.add(
        vk_max_pool,
        vk_max_pool_arguments(
          x: nil, y: nil, winners: nil, threads: threads, winner_size: 1, wins_above_zero: 0, shape: shape),
        [(0, \.x), (1, \.y)])
    } else {
      _ = kernel.add(
        vk_average_pool, vk_average_pool_arguments(x: nil, y: nil, threads: threads, divisor: divisor, shape: shape),
        [(0, \.x), (1, \.y)])
    }
    return kernel
  }

  fileprivate var divisor: Int32 { Int32((countsPadding ? VK_POOL_WINDOW : VK_POOL_ELEMENTS).rawValue) }
}

extension MaxPoolingWithWinners: Lowerable {
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "pool")
    let shape = try vk_pool_shape.checked(pooling, input: site.inputs[0], output: site.outputs[0])
    let arguments = vk_max_pool_arguments(
      x: nil, y: nil, winners: nil, threads: site.threads(bytes: 2 * site.inputs[0].type.byteCount), winner_size: 1,
      wins_above_zero: winsAboveZero ? 1 : 0, shape: shape)
    _ = kernel.add(vk_max_pool, arguments, [(0, \.x), (1, \.y), (2, \.winners)])
    return kernel
  }
}

extension MaxPoolingWinnersGradient: Lowerable {
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "pool")
    let shape = try vk_pool_shape.checked(pooling, input: site.outputs[0], output: site.inputs[1])
    let arguments = vk_max_pool_gradient_arguments(
      x: nil, dy: nil, winners: nil, dx: nil, threads: site.threads(bytes: 2 * site.outputs[0].type.byteCount),
      winner_size: 1, shape: shape)
    _ = kernel.add(vk_max_pool_gradient, arguments, [(0, \.winners), (1, \.dy), (2, \.dx)])
    return kernel
  }
}

extension MaxPoolingGradient: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool { pooling.isLowerable(inputs) }
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "pool")
    let shape = try vk_pool_shape.checked(pooling, input: site.inputs[0], output: site.inputs[2])
    let arguments = vk_max_pool_gradient_arguments(
      x: nil, dy: nil, winners: nil, dx: nil, threads: site.threads(bytes: 3 * site.inputs[0].type.byteCount),
      winner_size: 1, shape: shape)
    _ = kernel.add(vk_max_pool_gradient, arguments, [(0, \.x), (2, \.dy), (3, \.dx)])
    return kernel
  }
}

extension MaxPoolingSelection: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool { pooling.isLowerable(inputs) }
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "pool")
    let shape = try vk_pool_shape.checked(pooling, input: site.inputs[0], output: site.outputs[0])
    let arguments = vk_max_pool_select_arguments(
      x: nil, values: nil, winners: nil, y: nil, threads: site.threads(bytes: 3 * site.inputs[0].type.byteCount),
      winner_size: 1, shape: shape)
    _ = kernel.add(vk_max_pool_select, arguments, [(0, \.x), (2, \.values), (3, \.y)])
    return kernel
  }
}

extension AveragePoolingGradient: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool { pooling.isLowerable(inputs) }
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "pool")
    let shape = try vk_pool_shape.checked(pooling, input: site.outputs[0], output: site.inputs[0])
    let arguments = vk_average_pool_gradient_arguments(
      dy: nil, dx: nil, threads: site.threads(bytes: 2 * site.outputs[0].type.byteCount), divisor: pooling.divisor,
      shape: shape)
    _ = kernel.add(vk_average_pool_gradient, arguments, [(0, \.dy), (1, \.dx)])
    return kernel
  }
}
