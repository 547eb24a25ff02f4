/// Its inputs one after another along an axis; the other sizes are equal.
///
/// Shapes: `[batch, …, aᵢ, …]` → `[batch, …, Σ aᵢ, …]`.
/// Example: `Concatenate()(skip, x)`
public struct Concatenate: Layer {
  /// The axis along which the inputs are put one after another.
  public var axis: Int
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(axis: Int = -1, name: String? = nil) {
    self.axis = axis
    self.name = LayerName(name)
  }

  public func forward(_ inputs: [Tensor]) throws -> Tensor {
    try demandInputs(inputs)
    let index = axis < 0 ? axis + inputs[0].rank : axis
    try demand(
      (0..<inputs[0].rank).contains(index), expected: "an axis of \(inputs[0].shape)", given: "it is \(axis)")
    let output = Tensor.concatenate(inputs, axis: index)
    if inputs.contains(where: { $0.mask != nil }), !output.shape.isPoisoned {
      // A place counts where any of its elements does; an input without a mask counts everywhere.
      let masks = inputs.map { x in x.mask?.asCondition(of: x) ?? Tensor.ones(x.shape, dtype: .bool) }
      output.scope.setMask(Tensor.concatenate(masks, axis: index).any(axes: [-1]), of: output)
    }
    return output
  }
}
