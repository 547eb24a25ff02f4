// Dense layers as oneDNN's inner products: their weights [inputs, units] may lie in blocks.
import COneDNN
import CajalCompiler
import CajalGraph

/// A dense layer's sizes, and its three primitives.
struct DenseForm {
  private static let manyRows = 2048
  private let library: Library
  private let source: MemoryDescription
  private let target: MemoryDescription
  private let weights: WeightsForm
  private let rows: Int
  private let units: Int
  private let flops: Double

  init(rows: Int, inputs: Int, units: Int, _ library: Library) throws {
    self.library = library
    self.rows = rows
    self.units = units
    source = try .strided([rows, inputs], [inputs, 1], library)
    target = try .strided([rows, units], [units, 1], library)
    weights = WeightsForm(shape: [inputs, units], groups: 1)
    flops = 2 * Double(rows) * Double(inputs) * Double(units)
  }

  /// The layout the forward product likes, where the weights can lie so. With many rows, as sequences have, turning the
  /// plain array around costs little, and the gradients are up to a third faster from it.
  var preferredLayout: Layout? {
    guard rows < Self.manyRows,
      let primitive = try? forwardPrimitive(weights.any(library), bias: nil, isTraining: true, Attributes(library)),
      let chosen = try? primitive.memory(ONEDNN_QUERY_WEIGHTS_MD)
    else { return nil }
    return weights.layout(chosen)
  }

  private func forwardPrimitive(
    _ weights: MemoryDescription, bias: MemoryDescription?, isTraining: Bool, _ attributes: Attributes
  ) throws -> PrimitiveDescription {
    try PrimitiveDescription(library, "this dense layer") {
      library.functions.inner_product_forward_primitive_desc_create(
        &$0, library.engine, isTraining ? ONEDNN_FORWARD_TRAINING : ONEDNN_FORWARD_INFERENCE, source.raw, weights.raw,
        bias?.raw,
        target.raw, attributes.raw)
    }
  }

  /// With the weights as they lie, or else as the library likes them.
  private func best(_ lying: MemoryDescription, _ make: (MemoryDescription) throws -> PrimitiveDescription) throws
    -> PrimitiveDescription
  {
    if let asked = try? make(lying), !asked.isReference { return asked }
    return try make(weights.any(library))
  }

  private func hint() throws -> PrimitiveDescription {
    try forwardPrimitive(weights.any(library), bias: nil, isTraining: true, Attributes(library))
  }

  func forward(_ site: Site, _ fused: FusedEpilogue) throws -> Kernel {
    let kernel = Kernel(fused.label, implementation: "oneDNN")
    let bias = fused.hasBias ? try MemoryDescription.strided([units], [1], library) : nil
    let attributes = try Attributes(library, epilogues: fused.activation.map { [$0.postOp] } ?? [])
    let lying = try weights.description(site.inputs[1], library)
    let primitive = try best(lying) { try forwardPrimitive($0, bias: bias, isTraining: site.isTraining, attributes) }
    var arguments: [(Int, Argument)] = [
      (ONEDNN_ARG_SRC, .operand(0)), (ONEDNN_ARG_WEIGHTS, site.reordered(1, lying)),
      (ONEDNN_ARG_DST, .operand(site.output(0))),
    ]
    if fused.hasBias { arguments.append((ONEDNN_ARG_BIAS, .operand(2))) }
    try kernel.add(primitive, library, arguments)
    kernel.flops = flops
    return kernel
  }

  func inputGradient(_ site: Site, _ label: String) throws -> Kernel {
    let kernel = Kernel(label, implementation: "oneDNN")
    let (hint, attributes) = (try hint(), try Attributes(library))
    let lying = try weights.description(site.inputs[1], library)
    let primitive = try best(lying) { weights in
      try PrimitiveDescription(library, "this dense layer's input gradient") {
        library.functions.inner_product_backward_data_primitive_desc_create(
          &$0, library.engine, source.raw, weights.raw, target.raw, hint.raw, attributes.raw)
      }
    }
    try kernel.add(
      primitive, library,
      [
        (ONEDNN_ARG_DIFF_DST, .operand(0)), (ONEDNN_ARG_WEIGHTS, site.reordered(1, lying)),
        (ONEDNN_ARG_DIFF_SRC, .operand(site.output(0))),
      ])
    kernel.flops = flops
    return kernel
  }

  func kernelGradient(_ site: Site, _ label: String, hasBias: Bool) throws -> Kernel {
    let kernel = Kernel(label, implementation: "oneDNN")
    let (hint, attributes) = (try hint(), try Attributes(library))
    let bias = hasBias ? try MemoryDescription.strided([units], [1], library) : nil
    let lying = try weights.description(site.outputs[0], library)
    let primitive = try best(lying) { weights in
      try PrimitiveDescription(library, "this dense layer's kernel gradient") {
        library.functions.inner_product_backward_weights_primitive_desc_create(
          &$0, library.engine, source.raw, weights.raw, bias?.raw, target.raw, hint.raw, attributes.raw)
      }
    }
    var arguments: [(Int, Argument)] = [
      (ONEDNN_ARG_SRC, .operand(0)), (ONEDNN_ARG_DIFF_DST, .operand(1)),
      (ONEDNN_ARG_DIFF_WEIGHTS, .reordered(site.output(0), lying)),
    ]
    if hasBias { arguments.append((ONEDNN_ARG_DIFF_BIAS, .operand(site.output(1)))) }
    try kernel.add(primitive, library, arguments, outputs: [ONEDNN_ARG_DIFF_WEIGHTS])
    kernel.flops = flops
    return kernel
  }
}
