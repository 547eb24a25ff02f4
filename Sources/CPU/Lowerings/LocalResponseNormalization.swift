// Local response normalization as oneDNN primitives.
import COneDNN
import CajalGraph

extension LocalResponseNormalization: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool {
    inputs[0].dtype == .float32 && inputs[0].shape.rank == 4 && inputs[0].shape.count > 0
  }

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
    let x = try MemoryDescription.activation(site.inputs[0], site.library)
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
    let x = try MemoryDescription.activation(site.inputs[0], library)
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
