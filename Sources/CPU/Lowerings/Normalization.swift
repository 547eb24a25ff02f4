// Batch and local response normalization as oneDNN primitives.
import COneDNN
import CajalGraph

private let scaleAndShift = UInt32(ONEDNN_USE_SCALE) | UInt32(ONEDNN_USE_SHIFT)

/// x [batch, …, channels] with at least one spatial axis, as the library wants it.
private func activation(_ operand: Operand, _ library: Library) throws -> MemoryDescription {
  guard operand.shape.rank == 2 else { return try .activation(operand, library) }
  return try .strided([operand.shape[0], operand.shape[1]], operand.strides, library)
}

private func isSpatial(_ type: TensorType) -> Bool {
  type.dtype == .float32 && (2...5).contains(type.shape.rank) && type.shape.count > 0
}

extension BatchNormalization: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool { isSpatial(inputs[0]) }

  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "oneDNN")
    let library = site.library
    let x = try activation(site.inputs[0], library)
    let attributes = try Attributes(library)
    let primitive = try PrimitiveDescription(library, "this batch normalization") {
      library.functions.batch_normalization_forward_primitive_desc_create(
        &$0, library.engine, ONEDNN_FORWARD_TRAINING, x.raw, x.raw, Float(epsilon), scaleAndShift, attributes.raw)
    }
    try kernel.add(
      primitive, library,
      [
        (ONEDNN_ARG_SRC, .operand(0)), (ONEDNN_ARG_SCALE, .operand(1)), (ONEDNN_ARG_SHIFT, .operand(2)),
        (ONEDNN_ARG_DST, .operand(3)), (ONEDNN_ARG_MEAN, .operand(4)), (ONEDNN_ARG_VARIANCE, .operand(5)),
      ])
    return kernel
  }
}

extension BatchNormalizationGradient: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool { isSpatial(inputs[0]) }

  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "oneDNN")
    let library = site.library
    let x = try activation(site.inputs[0], library)
    let attributes = try Attributes(library)
    let hint = try PrimitiveDescription(library, "this batch normalization") {
      library.functions.batch_normalization_forward_primitive_desc_create(
        &$0, library.engine, ONEDNN_FORWARD_TRAINING, x.raw, x.raw, Float(epsilon), scaleAndShift, attributes.raw)
    }
    let primitive = try PrimitiveDescription(library, "this batch normalization's gradient") {
      library.functions.batch_normalization_backward_primitive_desc_create(
        &$0, library.engine, ONEDNN_BACKWARD, x.raw, x.raw, x.raw, Float(epsilon), scaleAndShift, hint.raw,
        attributes.raw)
    }
    try kernel.add(
      primitive, library,
      [
        (ONEDNN_ARG_SRC, .operand(0)), (ONEDNN_ARG_SCALE, .operand(1)), (ONEDNN_ARG_MEAN, .operand(4)),
        (ONEDNN_ARG_VARIANCE, .operand(5)), (ONEDNN_ARG_DIFF_DST, .operand(6)), (ONEDNN_ARG_DIFF_SRC, .operand(7)),
        (ONEDNN_ARG_DIFF_SCALE, .operand(8)), (ONEDNN_ARG_DIFF_SHIFT, .operand(9)),
      ])
    kernel.needs.inPlace = [(0, 6)]
    return kernel
  }
}

extension LocalResponseNormalization: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool { isSpatial(inputs[0]) && inputs[0].shape.rank == 4 }

  fileprivate func forward(_ library: Library, _ x: MemoryDescription, _ attributes: Attributes) throws
    -> PrimitiveDescription
  {
    try PrimitiveDescription(library, "this local response normalization") {
      library.functions.lrn_forward_primitive_desc_create(
        &$0, library.engine, ONEDNN_FORWARD_TRAINING, ONEDNN_LRN_ACROSS_CHANNELS, x.raw, x.raw, Int64(size),
        Float(alpha),
        Float(beta), Float(k), attributes.raw)
    }
  }

  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "oneDNN")
    let x = try activation(site.inputs[0], site.library)
    let attributes = try Attributes(site.library)
    let primitive = try forward(site.library, x, attributes)
    var arguments: [(Int, Argument)] = [(ONEDNN_ARG_SRC, .operand(0)), (ONEDNN_ARG_DST, .operand(1))]
    if site.library.functions.primitive_desc_query_md(primitive.raw, ONEDNN_QUERY_WORKSPACE_MD, 0) != nil {
      arguments.append((ONEDNN_ARG_WORKSPACE, .ignored))
    }
    try kernel.add(primitive, site.library, arguments)
    return kernel
  }
}

extension LocalResponseNormalizationGradient: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool { normalization.isLowerable(inputs) }

  func lower(_ site: Site) throws -> Kernel {
    // The library's backward wants a workspace that its forward wrote; the forward runs again into working memory.
    let kernel = Kernel(label, implementation: "oneDNN")
    let library = site.library
    let x = try activation(site.inputs[0], library)
    let attributes = try Attributes(library)
    let hint = try normalization.forward(library, x, attributes)
    let primitive = try PrimitiveDescription(library, "this local response normalization's gradient") {
      library.functions.lrn_backward_primitive_desc_create(
        &$0, library.engine, ONEDNN_LRN_ACROSS_CHANNELS, x.raw, x.raw, x.raw, Int64(normalization.size),
        Float(normalization.alpha), Float(normalization.beta), Float(normalization.k), hint.raw, attributes.raw)
    }
    var arguments: [(Int, Argument)] = [
      (ONEDNN_ARG_SRC, .operand(0)), (ONEDNN_ARG_DIFF_DST, .operand(1)), (ONEDNN_ARG_DIFF_SRC, .operand(2)),
    ]
    if let workspace = library.functions.primitive_desc_query_md(hint.raw, ONEDNN_QUERY_WORKSPACE_MD, 0) {
      let place = kernel.reserve(bytes: library.functions.memory_desc_get_size(workspace))
      let result = kernel.reserve(bytes: x.byteCount)
      try kernel.add(
        hint, library,
        [(ONEDNN_ARG_SRC, .operand(0)), (ONEDNN_ARG_DST, .scratch(result)), (ONEDNN_ARG_WORKSPACE, .scratch(place))])
      arguments.append((ONEDNN_ARG_WORKSPACE, .scratch(place)))
    }
    try kernel.add(primitive, library, arguments)
    return kernel
  }
}
