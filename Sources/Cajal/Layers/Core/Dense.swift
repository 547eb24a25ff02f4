/// A fully connected layer: y = f(x W + b).
///
/// Shapes: x `[batch, …, features]` → `[batch, …, units]`; `kernel` `[features, units]`, `bias` `[units]`.
/// Errors: an input without a features axis; `units` below 1.
/// Example: `Dense(10, activation: .softmax)`
public struct Dense: Layer {
  public var units: Int
  public var activation: ActivationFunction
  public var useBias: Bool
  public var kernelInitializer: Initializer
  public var biasInitializer: Initializer
  public var kernelRegularizer: Regularizer?
  public var biasRegularizer: Regularizer?
  public var activityRegularizer: Regularizer?
  public var name: LayerName

  public init(
    _ units: Int, activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil,
    name: String? = nil
  ) {
    self.units = units
    self.activation = activation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = kernelRegularizer
    self.biasRegularizer = biasRegularizer
    self.activityRegularizer = activityRegularizer
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandPositive("units", units)
    try demand(
      input.rank >= 2, .shape, expected: "an input [batch, …, features]", given: "it is \(input.shape)",
      advice: "Give the samples a features axis, of size 1 if need be.")
    let scope = input.scope
    let kernel = scope.parameter(
      "kernel", [input.shape.last, units], kernelInitializer, regularizer: kernelRegularizer)
    var output = input.matmul(kernel)
    if useBias { output = output + scope.parameter("bias", [units], biasInitializer, regularizer: biasRegularizer) }
    return scope.penalizing(activation(output), activityRegularizer)
  }
}
