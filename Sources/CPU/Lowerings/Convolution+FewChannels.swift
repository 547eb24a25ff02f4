// Convolutions of few channels, those of pictures, where oneDNN would fill a block of sixteen channels with a few.
import CajalCompiler
import CajalGraph
import VectorKernels

extension ConvolutionForm {
  /// Whether a pixel can be multiplied with the whole kernel at once: at most 64 places. The kernel is then kept as the plain
  /// array.
  func hasFewPlaces(input: Shape, output: Shape) -> Bool {
    guard input.rank == 4, operation.groups == 1, operation.window.dilations.allSatisfy({ $0 == 1 }), input.last <= 4
    else { return false }
    var shape = vectorShape(input: input, output: output)
    return vk_convolution_scatter_supported(&shape) != 0
  }

  /// Whether the library has no real kernels for the convolution with filters in blocks, and the own ones take it.
  func takesFew(_ x: Operand, _ y: Operand, kernel: Operand, _ library: Library) -> Bool {
    guard hasFewPlaces(input: x.shape, output: y.shape), x.isRowMajor, kernel.isRowMajor, !y.isRowMajor,
      y.layout == .channelBlocked(y.shape, size: 16)
    else { return false }
    return ((try? quickEnds(x, y, library, isTraining: true)) ?? nil) == nil
  }

  private func few(_ site: Site, _ x: Operand, _ y: Operand) -> vk_convolution_few_arguments {
    let pixels = y.shape[1] * y.shape[2]
    var arguments = vk_convolution_few_arguments()
    arguments.threads = threads(site, output: y.shape)
    arguments.shape = vectorShape(input: x.shape, output: y.shape)
    (arguments.image, arguments.pixel, arguments.block) = (Int64(pixels * y.shape.last), 16, Int64(pixels * 16))
    return arguments
  }

  func few(_ fused: FusedEpilogue, _ site: Site) throws -> Kernel {
    let kernel = Kernel(fused.label, implementation: "few channels")
    var arguments = few(site, site.inputs[0], site.outputs[0])
    arguments.activation = Int32((fused.activation?.small ?? VK_ACTIVATION_LINEAR).rawValue)
    let bytes = Int(vk_convolution_few_workspace(&arguments))
    let memory = kernel.add(vk_convolution_few, arguments, [(0, \.x), (1, \.kernel), (site.output(0), \.y)])
    kernel.attachScratch(kernel.slot(memory, \.workspace), offset: kernel.reserve(bytes: bytes))
    if fused.hasBias { kernel.attach(2, kernel.slot(memory, \.bias)) }
    kernel.flops = flops(output: site.outputs[0].shape)
    try kernel.addLimits(fused, site, threads: arguments.threads)
    return kernel
  }

  func fewKernelGradient(_ site: Site, _ label: String, hasBias: Bool) -> Kernel {
    let kernel = Kernel(label, implementation: "few channels")
    var arguments = few(site, site.inputs[0], site.inputs[1])
    let bytes = Int(vk_convolution_few_workspace(&arguments))
    let memory = kernel.add(
      vk_convolution_few_kernel_gradient, arguments, [(0, \.x), (1, \.y), (site.output(0), \.dkernel)])
    kernel.attachScratch(kernel.slot(memory, \.workspace), offset: kernel.reserve(bytes: bytes))
    if hasBias { kernel.attach(site.output(1), kernel.slot(memory, \.dbias)) }
    kernel.flops = flops(output: site.inputs[1].shape)
    return kernel
  }

  /// Whether the input gradient's operands lie so that pixels can be scattered.
  func scatters(_ dx: Operand, _ dy: Operand, kernel: Operand) -> Bool {
    hasFewPlaces(input: dx.shape, output: dy.shape) && dx.isRowMajor && kernel.isRowMajor
      && (dy.isRowMajor || dy.layout == .channelBlocked(dy.shape, size: 16))
  }

  func scatteringInputGradient(_ site: Site, _ label: String) -> Kernel {
    let kernel = Kernel(label, implementation: "scatter")
    let (dy, dx) = (site.inputs[0], site.outputs[0])
    let pixels = dy.shape[1] * dy.shape[2]
    var arguments = vk_convolution_scatter_arguments(
      dy: nil, kernel: nil, dx: nil, workspace: nil,
      threads: min(threads(site, output: dy.shape), Int32(clamping: dx.shape[0])),
      shape: vectorShape(input: dx.shape, output: dy.shape), image: Int64(pixels * dy.shape.last),
      pixel: Int64(dy.isRowMajor ? dy.shape.last : 16), block: Int64(dy.isRowMajor ? 16 : pixels * 16))
    let bytes = Int(vk_convolution_scatter_workspace(&arguments))
    let memory = kernel.add(vk_convolution_scatter, arguments, [(0, \.dy), (1, \.kernel), (2, \.dx)])
    kernel.attachScratch(kernel.slot(memory, \.workspace), offset: kernel.reserve(bytes: bytes))
    kernel.flops = flops(output: dy.shape)
    return kernel
  }
}
