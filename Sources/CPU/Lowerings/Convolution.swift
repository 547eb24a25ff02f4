// Convolutions and their adjoints as oneDNN primitives.
import COneDNN
import CajalCompiler
import CajalGraph

/// What all kernels of one convolution share.
struct ConvolutionForm {
  let operation: Convolution
  let weights: WeightsForm
  let strides: [Int64]
  let dilations: [Int64]
  let paddingLow: [Int64]
  let paddingHigh: [Int64]

  init(_ operation: Convolution, kernel: Shape, input: Shape, output: Shape) {
    self.operation = operation
    weights = WeightsForm(shape: kernel, groups: operation.groups)
    let window = operation.window
    strides = window.strides.map(Int64.init)
    dilations = window.dilations.map { Int64($0 - 1) }
    paddingLow = window.paddingLow.map(Int64.init)
    // The library wants the padding that the output really uses.
    paddingHigh = window.strides.indices.map { axis in
      let reach = window.dilations[axis] * (kernel[axis] - 1) + 1
      let covered = (output[axis + 1] - 1) * window.strides[axis] + reach
      return Int64(covered - input[axis + 1] - window.paddingLow[axis])
    }
  }

  func forward(
    _ library: Library, source: MemoryDescription, weights: MemoryDescription, bias: MemoryDescription?,
    target: MemoryDescription,
    isTraining: Bool, attributes: Attributes
  ) throws -> PrimitiveDescription {
    try PrimitiveDescription(library, "this convolution") {
      library.functions.convolution_forward_primitive_desc_create(
        &$0, library.engine, isTraining ? ONEDNN_FORWARD_TRAINING : ONEDNN_FORWARD_INFERENCE, ONEDNN_CONVOLUTION_DIRECT,
        source.raw, weights.raw, bias?.raw, target.raw, strides, dilations, paddingLow, paddingHigh, attributes.raw)
    }
  }

  /// The forward primitive that backward ones refer to.
  func hint(_ library: Library, source: MemoryDescription, target: MemoryDescription) throws -> PrimitiveDescription {
    try forward(
      library, source: source, weights: weights.any(library), bias: nil, target: target, isTraining: true,
      attributes: Attributes(library))
  }

  /// The kernel gradient that likes its weights best, as a question what the library would run.
  func kernelGradient(
    _ library: Library, source: MemoryDescription, target: MemoryDescription, hint: PrimitiveDescription,
    weights: MemoryDescription? = nil, bias: MemoryDescription? = nil, attributes: Attributes? = nil
  ) throws -> PrimitiveDescription {
    let weights = try weights ?? self.weights.any(library)
    let attributes = try attributes ?? Attributes(library)
    return try PrimitiveDescription(library, "this convolution's kernel gradient") {
      library.functions.convolution_backward_weights_primitive_desc_create(
        &$0, library.engine, ONEDNN_CONVOLUTION_DIRECT, source.raw, weights.raw, bias?.raw, target.raw, strides,
        dilations,
        paddingLow, paddingHigh, hint.raw, attributes.raw)
    }
  }

  /// Input and output in words that the library has real kernels for; nil where it has none.
  ///
  /// Sixteen channels are one block and channel-last at once: there may be several ways to say the same memory. Training
  /// likes blocks.
  func quickEnds(
    _ x: Operand, _ y: Operand, _ library: Library, isTraining: Bool
  ) throws -> (source: MemoryDescription, target: MemoryDescription)? {
    func ways(_ operand: Operand) throws -> [MemoryDescription] {
      let ways = try MemoryDescription.waysToSay(operand, library)
      return isTraining ? ways.reversed() : ways
    }
    let targets = try ways(y)
    for source in try ways(x) {
      for target in targets {
        guard let forward = try? hint(library, source: source, target: target), !forward.isReference else { continue }
        guard isTraining else { return (source, target) }
        let backward = try? kernelGradient(library, source: source, target: target, hint: forward)
        if let backward, !backward.isReference { return (source, target) }
      }
    }
    return nil
  }

  /// As `quickEnds`, or the ends as they are called; asks the library only where there is a choice.
  func ends(
    _ x: Operand, _ y: Operand, _ library: Library, isTraining: Bool
  ) throws -> (source: MemoryDescription, target: MemoryDescription) {
    let hasChoice = x.shape.last == 16 || y.shape.last == 16
    if hasChoice, let quick = try quickEnds(x, y, library, isTraining: isTraining) { return quick }
    return (try .activation(x, library), try .activation(y, library))
  }

  /// 2 · outputs · kernel elements per output channel.
  func flops(output: Shape) -> Double {
    2 * Double(output.count) * Double(weights.shape.count) / Double(max(weights.shape.last, 1))
  }

  /// The first description that is no reference loop, asking with the weights as they lie, then as the library likes.
  func best(
    _ library: Library, lying: MemoryDescription, _ make: (MemoryDescription) throws -> PrimitiveDescription
  ) throws -> PrimitiveDescription {
    if let asked = try? make(lying), !asked.isReference { return asked }
    return try make(weights.any(library))
  }
}

extension Epilogue {
  /// The activation as oneDNN's epilogue.
  var postOp: (algorithm: onednn_alg_kind, alpha: Float, beta: Float) {
    switch self {
    case .relu: return (ONEDNN_ELTWISE_RELU, 0, 0)
    case .tanh: return (ONEDNN_ELTWISE_TANH, 0, 0)
    case .sigmoid: return (ONEDNN_ELTWISE_LOGISTIC, 0, 0)
    case .clip(let lower, let upper): return (ONEDNN_ELTWISE_CLIP_V2, Float(lower), Float(upper))
    }
  }
}

extension Convolution: Lowerable {
  static var kernelKind: KernelKind { .product }

  func isLowerable(_ inputs: [TensorType]) -> Bool {
    inputs[0].dtype == .float32 && inputs.allSatisfy { $0.shape.count > 0 }
  }

  func lower(_ site: Site) throws -> Kernel {
    try FusedEpilogue(base: .convolution(self), hasBias: false, activation: nil).lowerConvolution(self, site, label)
  }
}

extension FusedEpilogue: Lowerable {
  static var kernelKind: KernelKind { .product }

  func lower(_ site: Site) throws -> Kernel {
    switch base {
    case .convolution(let convolution): return try lowerConvolution(convolution, site, label)
    case .contraction(let contraction): return try lowerContraction(contraction, site)
    }
  }

  fileprivate func lowerConvolution(_ convolution: Convolution, _ site: Site, _ label: String) throws -> Kernel {
    let kernel = Kernel(label, implementation: "oneDNN")
    let library = site.library
    let (x, w, y) = (site.inputs[0], site.inputs[1], site.outputs[0])
    let form = ConvolutionForm(convolution, kernel: w.shape, input: x.shape, output: y.shape)
    if form.liesBatchInnermost(x, y), w.isRowMajor { return try form.batchInnermost(self, site) }
    if site.takesWinograd(form, x, y, kernel: w), activation == nil || activation?.limits != nil {
      return form.winograd(self, site)
    }
    if site.isTraining, form.takesFew(x, y, kernel: w, library) { return try form.few(self, site) }
    let attributes = try Attributes(library, epilogues: activation.map { [$0.postOp] } ?? [])
    let (source, target) = try form.ends(x, y, library, isTraining: site.isTraining)
    let bias = hasBias ? try MemoryDescription.strided([y.shape.last], [1], library) : nil
    let lying = try form.weights.description(w, library)
    let primitive = try form.best(library, lying: site.isFree(1) ? form.weights.any(library) : lying) {
      try form.forward(
        library, source: source, weights: $0, bias: bias, target: target, isTraining: site.isTraining,
        attributes: attributes)
    }
    var arguments: [(Int, Argument)] = [
      (ONEDNN_ARG_SRC, .operand(0)), (ONEDNN_ARG_WEIGHTS, site.reordered(1, lying)),
      (ONEDNN_ARG_DST, .operand(site.output(0))),
    ]
    if hasBias { arguments.append((ONEDNN_ARG_BIAS, .operand(2))) }
    try kernel.add(primitive, library, arguments)
    kernel.flops = form.flops(output: y.shape)
    return kernel
  }
}

extension ConvolutionInputGradient: Lowerable {
  static var kernelKind: KernelKind { .product }

  func isLowerable(_ inputs: [TensorType]) -> Bool {
    inputs[0].dtype == .float32 && inputs.allSatisfy { $0.shape.count > 0 }
  }

  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "oneDNN")
    let library = site.library
    let (dy, w, dx) = (site.inputs[0], site.inputs[1], site.outputs[0])
    let form = ConvolutionForm(convolution, kernel: w.shape, input: dx.shape, output: dy.shape)
    if form.liesBatchInnermost(dx, dy), w.isRowMajor { return form.batchInnermostInputGradient(site, label) }
    if site.takesWinograd(form, dx, dy, kernel: w) { return form.winogradInputGradient(site, label) }
    if form.scatters(dx, dy, kernel: w) { return form.scatteringInputGradient(site, label) }
    let (source, target) = try form.ends(dx, dy, library, isTraining: site.isTraining)
    let hint = try form.hint(library, source: source, target: target)
    let attributes = try Attributes(library)
    let lying = try form.weights.description(w, library)
    let primitive = try form.best(library, lying: site.isFree(1) ? form.weights.any(library) : lying) { weights in
      try PrimitiveDescription(library, "this convolution's input gradient") {
        library.functions.convolution_backward_data_primitive_desc_create(
          &$0, library.engine, ONEDNN_CONVOLUTION_DIRECT, source.raw, weights.raw, target.raw, form.strides,
          form.dilations,
          form.paddingLow, form.paddingHigh, hint.raw, attributes.raw)
      }
    }
    try kernel.add(
      primitive, library,
      [
        (ONEDNN_ARG_DIFF_DST, .operand(0)), (ONEDNN_ARG_WEIGHTS, site.reordered(1, lying)),
        (ONEDNN_ARG_DIFF_SRC, .operand(site.output(0))),
      ])
    kernel.flops = form.flops(output: dy.shape)
    return kernel
  }
}

extension ConvolutionKernelGradient: Lowerable {
  static var kernelKind: KernelKind { .product }

  func isLowerable(_ inputs: [TensorType]) -> Bool {
    inputs[0].dtype == .float32 && inputs.allSatisfy { $0.shape.count > 0 }
  }
  func lower(_ site: Site) throws -> Kernel { try lower(site, hasBias: false) }

  fileprivate func lower(_ site: Site, hasBias: Bool) throws -> Kernel {
    let kernel = Kernel(label, implementation: "oneDNN")
    let library = site.library
    let (x, dy, dw) = (site.inputs[0], site.inputs[1], site.outputs[0])
    let form = ConvolutionForm(convolution, kernel: kernelShape, input: x.shape, output: dy.shape)
    if form.liesBatchInnermost(x, dy), dw.isRowMajor {
      return form.batchInnermostKernelGradient(site, label, hasBias: hasBias)
    }
    if site.takesWinograd(form, x, dy, kernel: dw) { return form.winogradKernelGradient(site, label, hasBias: hasBias) }
    if form.takesFew(x, dy, kernel: dw, library) { return form.fewKernelGradient(site, label, hasBias: hasBias) }
    let (source, target) = try form.ends(x, dy, library, isTraining: site.isTraining)
    let hint = try form.hint(library, source: source, target: target)
    let attributes = try Attributes(library)
    let bias = hasBias ? try MemoryDescription.strided([dy.shape.last], [1], library) : nil
    let lying = try form.weights.description(dw, library)
    let primitive = try form.best(library, lying: dw.isRowMajor ? form.weights.any(library) : lying) { weights in
      try form.kernelGradient(
        library, source: source, target: target, hint: hint, weights: weights, bias: bias, attributes: attributes)
    }
    var arguments: [(Int, Argument)] = [
      (ONEDNN_ARG_SRC, .operand(0)), (ONEDNN_ARG_DIFF_DST, .operand(1)),
      (ONEDNN_ARG_DIFF_WEIGHTS, .reordered(site.output(0), lying)),
    ]
    if hasBias { arguments.append((ONEDNN_ARG_DIFF_BIAS, .operand(site.output(1)))) }
    try kernel.add(primitive, library, arguments, outputs: [ONEDNN_ARG_DIFF_WEIGHTS])
    kernel.flops = form.flops(output: dy.shape)
    return kernel
  }
}

extension FusedKernelGradient: Lowerable {
  static var kernelKind: KernelKind { .product }

  func lower(_ site: Site) throws -> Kernel {
    switch base {
    case .convolution(let gradient): return try gradient.lower(site, hasBias: true)
    case .contraction(let contraction): return try lowerContraction(contraction, site)
    }
  }
}
