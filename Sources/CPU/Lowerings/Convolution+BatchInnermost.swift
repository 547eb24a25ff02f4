// Convolutions of few channels with the batch innermost, where oneDNN's kernels waste most of their vectors.
import CajalCompiler
import CajalGraph
import VectorKernels

extension ConvolutionForm {
  /// Batches that fill half of a vector at least, and channels that do not fill the library's blocks (its first-layer kernels
  /// excepted).
  func suitsBatchInnermost(input: Shape, output: Shape) -> Bool {
    guard canLieBatchInnermost(input: input, output: output) else { return false }
    let (batch, channels, filters) = (input[0], input[3], output[3])
    return batch >= 8 && (filters % 16 != 0 || channels > 4 && channels % 16 != 0) && channels <= 64 && filters <= 256
  }

  /// Whether the loops take this convolution at all; where the library has only a reference loop they are the way out.
  func canLieBatchInnermost(input: Shape, output: Shape) -> Bool {
    guard input.rank == 4, operation.groups == 1, operation.window.dilations.allSatisfy({ $0 == 1 }) else {
      return false
    }
    var shape = vectorShape(input: input, output: output)
    return vk_convolution_supported(&shape) != 0
  }

  func liesBatchInnermost(_ x: Operand, _ y: Operand) -> Bool {
    x.shape.rank == 4 && !x.isRowMajor && x.layout == .batchInnermost(x.shape) && y.layout == .batchInnermost(y.shape)
      && canLieBatchInnermost(input: x.shape, output: y.shape)
  }

  func vectorShape(input: Shape, output: Shape) -> vk_convolution_shape {
    let window = operation.window
    return vk_convolution_shape(
      batch: Int64(input[0]), channels: Int64(input[3]), height: Int64(input[1]), width: Int64(input[2]),
      filters: Int64(output[3]),
      output_height: Int64(output[1]), output_width: Int64(output[2]), kernel_height: Int64(weights.shape[0]),
      kernel_width: Int64(weights.shape[1]), stride_height: Int64(window.strides[0]),
      stride_width: Int64(window.strides[1]),
      padding_top: Int64(window.paddingLow[0]), padding_left: Int64(window.paddingLow[1]))
  }

  func threads(_ site: Site, output: Shape) -> Int32 { site.threads(nanoseconds: flops(output: output) / 100) }

  func batchInnermost(_ fused: FusedEpilogue, _ site: Site) throws -> Kernel {
    let kernel = Kernel(fused.label, implementation: "batch innermost")
    let (x, y) = (site.inputs[0], site.outputs[0])
    let arguments = vk_convolution_arguments(
      x: nil, kernel: nil, bias: nil, y: nil, threads: threads(site, output: y.shape),
      activation: Int32((fused.activation?.small ?? VK_ACTIVATION_LINEAR).rawValue),
      shape: vectorShape(input: x.shape, output: y.shape))
    let memory = kernel.add(vk_convolution, arguments, [(0, \.x), (1, \.kernel), (site.output(0), \.y)])
    if fused.hasBias { kernel.attach(2, kernel.slot(memory, \.bias)) }
    kernel.flops = flops(output: y.shape)
    try kernel.addLimits(fused, site, threads: arguments.threads)
    return kernel
  }

  func batchInnermostInputGradient(_ site: Site, _ label: String) -> Kernel {
    let kernel = Kernel(label, implementation: "batch innermost")
    let (dy, dx) = (site.inputs[0], site.outputs[0])
    let arguments = vk_convolution_input_gradient_arguments(
      dy: nil, kernel: nil, dx: nil, threads: threads(site, output: dy.shape),
      shape: vectorShape(input: dx.shape, output: dy.shape))
    _ = kernel.add(vk_convolution_input_gradient, arguments, [(0, \.dy), (1, \.kernel), (2, \.dx)])
    kernel.flops = flops(output: dy.shape)
    return kernel
  }

  func batchInnermostKernelGradient(_ site: Site, _ label: String, hasBias: Bool) -> Kernel {
    let kernel = Kernel(label, implementation: "batch innermost")
    let (x, dy) = (site.inputs[0], site.inputs[1])
    let arguments = vk_convolution_kernel_gradient_arguments(
      x: nil, dy: nil, dkernel: nil, dbias: nil, threads: threads(site, output: dy.shape),
      shape: vectorShape(input: x.shape, output: dy.shape))
    let memory = kernel.add(vk_convolution_kernel_gradient, arguments, [(0, \.x), (1, \.dy), (2, \.dkernel)])
    if hasBias { kernel.attach(3, kernel.slot(memory, \.dbias)) }
    kernel.flops = flops(output: dy.shape)
    return kernel
  }
}

extension Kernel {
  /// What own loops have no activation for, `clip`: a pass over the result while it is warm.
  func addLimits(_ fused: FusedEpilogue, _ site: Site, threads: Int32) throws {
    guard let activation = fused.activation, activation.small == nil else { return }
    guard case .clip(let lower, let upper) = activation else {
      throw CajalError(.unsupported, fused.label, expected: "an activation of the loops", given: activation.label)
    }
    let count = site.outputs[0].shape.count
    let clip = FusedMap(
      shape: [count], inputTypes: [.float32],
      steps: [.init(kind: .clip(lower: lower, upper: upper), arguments: [0], dtype: .float32)],
      outputs: [.init(register: 1, reduction: nil, axes: [])], arithmetic: .single)
    let map = try MapProgram(clip).create([([Int64(count)], [1, 1])], threads: threads)
    own { vk_map_destroy(map) }
    add(vk_map_run, prepared: UnsafeMutableRawPointer(map))
    for operand in 0..<2 {
      if let slot = vk_map_pointer(map, 0, Int32(operand)) { attach(site.output(0), slot) }
    }
  }
}
