import CajalGraph
import VectorKernels

extension ConvolutionPool: Lowerable {
  static var kernelKind: KernelKind { .product }

  /// Stride 1, no padding, up to sixteen channels in, blocks of 16 out, windows of 2 x 2 side by side.
  func isLowerable(_ inputs: [TensorType]) -> Bool {
    let window = convolution.window
    let isPlain =
      window.strides == [1, 1] && window.dilations == [1, 1] && window.paddingLow == [0, 0]
      && window.paddingHigh == [0, 0]
    let isPooled =
      pooling.kind == .maximum && pooling.size == [2, 2] && pooling.window.strides == [2, 2]
      && pooling.window.paddingLow == [0, 0] && pooling.window.paddingHigh == [0, 0]
    guard isPlain, isPooled, convolution.groups == 1, inputs[0].dtype == .float32 else { return false }
    var shape = vectorShape(input: inputs[0].shape, kernel: inputs[1].shape, blocked: false)
    return vk_convolution_pool_supported(&shape) != 0
  }

  /// Whether its gradients can be had from the winners.
  func isTrainable(_ inputs: [TensorType]) -> Bool {
    var shape = vectorShape(input: inputs[0].shape, kernel: inputs[1].shape, blocked: false)
    return isLowerable(inputs) && vk_convolution_pool_trains(&shape) != 0
  }

  fileprivate func vectorShape(input: Shape, kernel: Shape, blocked: Bool) -> vk_convolution_pool_shape {
    vk_convolution_pool_shape(
      batch: Int64(input[0]), height: Int64(input[1]), width: Int64(input[2]), channels: Int64(input[3]),
      filters: Int64(kernel[3]),
      kernel_height: Int64(kernel[0]), kernel_width: Int64(kernel[1]), blocked: blocked ? 1 : 0)
  }

  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "few channels")
    let (x, w, y) = (site.inputs[0], site.inputs[1], site.outputs[0])
    var shape = vectorShape(input: x.shape, kernel: w.shape, blocked: !y.isRowMajor)
    kernel.flops = 8 * Double(y.shape.count) * Double(w.shape.count / max(w.shape.last, 1))
    let threads = site.threads(nanoseconds: kernel.flops / 100)
    let arguments = vk_convolution_pool_arguments(
      x: nil, kernel: nil, bias: nil, y: nil, winners: nil, scratch: nil, threads: threads, shape: shape)
    let memory = kernel.add(vk_convolution_pool, arguments, [(0, \.x), (1, \.kernel), (2, \.bias), (3, \.y)])
    if vk_convolution_pool_packs(&shape) != 0 {
      kernel.attachScratch(
        kernel.slot(memory, \.scratch), offset: kernel.reserve(bytes: Int(vk_convolution_pool_space(&shape, threads))))
    }
    if site.isUsed[1] { kernel.attach(4, kernel.slot(memory, \.winners)) }
    return kernel
  }
}

extension ConvolutionPoolGradient: Lowerable {
  static var kernelKind: KernelKind { .product }

  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "few channels")
    let (x, dy) = (site.inputs[0], site.inputs[2])
    var shape = vk_convolution_pool_shape(
      batch: Int64(x.shape[0]), height: Int64(x.shape[1]), width: Int64(x.shape[2]), channels: Int64(x.shape[3]),
      filters: Int64(kernelShape[3]), kernel_height: Int64(kernelShape[0]), kernel_width: Int64(kernelShape[1]),
      blocked: dy.isRowMajor ? 0 : 1)
    kernel.flops = 2 * Double(dy.shape.count) * Double(kernelShape.count / max(kernelShape.last, 1))
    let threads = site.threads(nanoseconds: kernel.flops / 20)
    let arguments = vk_convolution_pool_gradient_arguments(
      x: nil, dy: nil, winners: nil, dkernel: nil, dbias: nil, scratch: nil, threads: threads, shape: shape)
    let memory = kernel.add(
      vk_convolution_pool_gradient, arguments, [(0, \.x), (1, \.winners), (2, \.dy), (3, \.dkernel), (4, \.dbias)])
    kernel.attachScratch(
      kernel.slot(memory, \.scratch), offset: kernel.reserve(bytes: Int(vk_convolution_pool_scratch(&shape, threads))))
    return kernel
  }
}
