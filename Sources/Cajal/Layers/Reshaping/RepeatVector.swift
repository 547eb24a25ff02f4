/// Repeats each sample's features along a new axis: `[batch, features]` → `[batch, n, features]`.
public struct RepeatVector: Layer {
  /// How often the vector is repeated.
  public var n: Int
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ n: Int, name: String? = nil) {
    self.n = n
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandPositive("n", n)
    try demandAxes(input, "batch, features", count: 2)
    return input.expandingDimension(at: 1).broadcast(to: [input.shape[0], n, input.shape[1]])
  }
}
