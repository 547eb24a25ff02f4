// Convolutions of 3 x 3 with many channels by Winograd's method, which multiplies a quarter as often.
import CajalCompiler
import CajalGraph
import VectorKernels

extension ConvolutionForm {
  /// 3 x 3 windows that move by 1, channels in whole blocks, and enough tiles for what the kernel's transform costs.
  ///
  /// The same answer for a convolution and its gradients, so that all of them find the kernel's plain array.
  func suitsWinograd(input: Shape, output: Shape, isTraining: Bool) -> Bool {
    guard vk_product_is_fast() != 0, input.rank == 4, input.count > 0, output.count > 0, operation.groups == 1,
      weights.shape[0] == 3, weights.shape[1] == 3,
      (operation.window.strides + operation.window.dilations).allSatisfy({ $0 == 1 })
    else { return false }
    let (channels, filters) = (input[3], output[3])
    var shape = winogradShape(input, .rowMajor(input), output, .rowMajor(output))
    guard vk_winograd_supported(&shape) != 0, min(channels, filters) >= 32 else { return false }
    // Both in products of floats; bytes count as much as a processor does while it waits for them.
    let tiles = Double(output[0] * ((output[1] + 3) / 4) * ((output[2] + 3) / 4))
    let wholeTiles = (tiles / 8).rounded(.up) * 8
    let pairs = Double(channels * filters)
    let transforms = 36 * wholeTiles * Double(channels + filters) * 4
    let kernel = pairs * 36 * (isTraining ? 20 : 8)
    let own = 36 * wholeTiles * pairs + transforms + kernel
    let direct = 9 * Double(output.count / filters) * pairs
    return own < 0.8 * direct
  }

  func winogradShape(_ input: Shape, _ x: Layout, _ output: Shape, _ y: Layout) -> vk_winograd_shape {
    vk_winograd_shape(
      batch: Int64(input[0]), channels: Int64(input[3]), height: Int64(input[1]), width: Int64(input[2]),
      filters: Int64(output[3]), output_height: Int64(output[1]), output_width: Int64(output[2]),
      padding_top: Int64(operation.window.paddingLow[0]), padding_left: Int64(operation.window.paddingLow[1]),
      x: image(input, x), y: image(output, y))
  }

  private func image(_ shape: Shape, _ layout: Layout) -> vk_winograd_image {
    let plain = shape.rowMajorStrides.map(Int64.init)
    guard !layout.isRowMajor(shape) else {
      return vk_winograd_image(sample: plain[0], row: plain[1], column: plain[2], block: 16)
    }
    let strides = layout.strides.map(Int64.init)
    return vk_winograd_image(sample: strides[0], row: strides[1], column: strides[2], block: strides[3])
  }

  /// y = activation(x * kernel + bias).
  func winograd(_ fused: FusedEpilogue, _ site: Site) -> Kernel {
    let kernel = Kernel(fused.label, implementation: "winograd")
    let (x, y) = (site.inputs[0], site.outputs[0])
    let shape = winogradShape(x.shape, x.layout, y.shape, y.layout)
    let run = kernel.addWinograd(shape, site, limits: fused.activation.limits, isTurned: false)
    if fused.hasBias { kernel.attach(2, kernel.slot(run, \.bias)) }
    return kernel
  }

  /// dx: the convolution of dy with the kernel the other way round.
  func winogradInputGradient(_ site: Site, _ label: String) -> Kernel {
    let kernel = Kernel(label, implementation: "winograd")
    let (dy, dx) = (site.inputs[0], site.outputs[0])
    var shape = winogradShape(dy.shape, dy.layout, dx.shape, dx.layout)
    (shape.padding_top, shape.padding_left) = (2 - shape.padding_top, 2 - shape.padding_left)
    _ = kernel.addWinograd(shape, site, limits: Epilogue?.none.limits, isTurned: true)
    return kernel
  }

  func winogradKernelGradient(_ site: Site, _ label: String, hasBias: Bool) -> Kernel {
    let kernel = Kernel(label, implementation: "winograd")
    let (x, dy) = (site.inputs[0], site.inputs[1])
    var shape = winogradShape(x.shape, x.layout, dy.shape, dy.layout)
    let flops = shape.flops
    let threads = site.threads(nanoseconds: flops / 100)
    let bytes = Int(vk_winograd_gradient_workspace(&shape, threads))
    let memory = kernel.add(
      vk_winograd_gradient,
      vk_winograd_gradient_arguments(
        x: nil, dy: nil, dkernel: nil, dbias: nil, workspace: nil, threads: threads, shape: shape),
      [(0, \.x), (1, \.dy), (2, \.dkernel)])
    if hasBias { kernel.attach(3, kernel.slot(memory, \.dbias)) }
    kernel.attachScratch(kernel.slot(memory, \.workspace), offset: kernel.reserve(bytes: bytes))
    kernel.flops = flops
    return kernel
  }
}

extension Site {
  /// Whether a convolution or one of its gradients is made of Winograd's: it suits, nobody has switched that off, images
  /// have their channels last or in blocks of 16, and the kernel is the plain array.
  func takesWinograd(_ form: ConvolutionForm, _ x: Operand, _ y: Operand, kernel: Operand) -> Bool {
    settings.allows(.winograd) && kernel.isRowMajor
      && [x, y].allSatisfy { $0.isRowMajor || $0.layout == .channelBlocked($0.shape, size: 16) }
      && form.suitsWinograd(input: x.shape, output: y.shape, isTraining: isTraining)
  }
}

extension vk_winograd_shape {
  /// Products and sums at the 36 places of every tile; the transforms are not counted.
  var flops: Double {
    let tiles = batch * ((output_height + 3) / 4) * ((output_width + 3) / 4)
    return 2 * 36 * Double(tiles) * Double(channels) * Double(filters)
  }
}

extension Kernel {
  /// The kernel's transform (kept between runs, where it depends on variables alone) and the convolution.
  fileprivate func addWinograd(
    _ shape: vk_winograd_shape, _ site: Site, limits: ClosedRange<Float>, isTurned: Bool
  ) -> UnsafeMutablePointer<vk_winograd_arguments> {
    var shape = shape
    flops = shape.flops
    let threads = site.threads(nanoseconds: flops / 100)
    let count = Int(vk_winograd_kernel_count(shape.channels, shape.filters)) * MemoryLayout<Float>.size
    let transform = make(
      vk_winograd_kernel_arguments(
        kernel: nil, transformed: nil, channels: isTurned ? shape.filters : shape.channels,
        filters: isTurned ? shape.channels : shape.filters, turned: isTurned ? 1 : 0, threads: threads))
    attach(1, slot(transform, \.kernel))
    add(vk_winograd_kernel, prepared: transform, for: site.isPrepared[1] ? .preparation : .work)
    let bytes = Int(vk_winograd_workspace(&shape, threads))
    let run = add(
      vk_winograd,
      vk_winograd_arguments(
        x: nil, transformed: nil, bias: nil, y: nil, workspace: nil, lowest: limits.lowerBound,
        highest: limits.upperBound, threads: threads, shape: shape),
      [(0, \.x), (site.output(0), \.y)])
    let places = [slot(transform, \.transformed), slot(run, \.transformed)]
    if site.isPrepared[1] {
      let offset = keep(bytes: count)
      for place in places { attachKept(place, offset: offset) }
    } else {
      let offset = reserve(bytes: count)
      for place in places { attachScratch(place, offset: offset) }
    }
    attachScratch(slot(run, \.workspace), offset: reserve(bytes: bytes))
    return run
  }
}
