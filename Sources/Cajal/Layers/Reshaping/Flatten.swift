/// Lays the elements of each sample in a row.
///
/// Shapes: x `[batch, …]` → `[batch, features]`; `[batch]` → `[batch, 1]`.
public struct Flatten: Layer {
  public var name: LayerName
  /// Describes the layer; each option is the property of that name.
  public init(name: String? = nil) { self.name = LayerName(name) }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demand(input.rank >= 1, .shape, expected: "an input with a batch axis", given: "it is a scalar")
    return input.reshaped([input.shape[0], input.shape.dimensions.dropFirst().reduce(1, *)])
  }
}
