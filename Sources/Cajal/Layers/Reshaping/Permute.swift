/// The axes of each sample in another order, counted from 1 as in Keras: axis i of the result is axis `dims[i]`.
///
/// Shapes: with `dims` `[2, 1]`, x `[batch, a, b]` → `[batch, b, a]`.
public struct Permute: Layer {
  /// The new order of the axes after the batch, counted from 1.
  public var dims: [Int]
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ dims: [Int], name: String? = nil) {
    self.dims = dims
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demand(
      input.rank >= 1 && dims.sorted() == Array(1..<max(input.rank, 1)),
      expected: "each axis from 1 to \(input.rank - 1) once",
      given: "dims is \(dims)")
    return input.transposed([0] + dims)
  }
}
