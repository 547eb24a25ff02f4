/// Leaky ReLU with learned slopes: f(x) = x for x > 0, else αx.
///
/// Shapes: x `[batch, …]` → the same; `alpha` has the input's shape without the batch, with 1 for each of `sharedAxes`
/// (counted from 1, as in Keras): `[1, 2]` shares the slopes of an image's channels over its places.
/// Source: He et al., arXiv:1502.01852.
public struct PReLU: Layer {
  /// How the slopes get their first values.
  public var alphaInitializer: Initializer
  /// A penalty on the slopes, added to the loss while training.
  public var alphaRegularizer: Regularizer?
  /// What the slopes must be after each update.
  public var alphaConstraint: Constraint?
  /// Axes along which all elements share one slope, counted from 1, the first after the batch.
  public var sharedAxes: [Int]
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    alphaInitializer: Initializer = .zeros, alphaRegularizer: Regularizer? = nil, sharedAxes: [Int] = [],
    alphaConstraint: Constraint? = nil, name: String? = nil
  ) {
    self.alphaInitializer = alphaInitializer
    self.alphaRegularizer = alphaRegularizer
    self.sharedAxes = sharedAxes
    self.alphaConstraint = alphaConstraint
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    var sizes = Array(input.shape.dimensions.dropFirst())
    for axis in sharedAxes {
      try demand(
        axis >= 1 && axis < input.rank, expected: "shared axes from 1 to \(input.rank - 1)", given: "one is \(axis)")
      sizes[axis - 1] = 1
    }
    let alpha = input.scope.parameter(
      "alpha", Shape(sizes), alphaInitializer, regularizer: alphaRegularizer, constraint: alphaConstraint)
    return (input .> 0).select(input, input * alpha)
  }
}
