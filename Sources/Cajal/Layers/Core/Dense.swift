/// A fully connected layer: y = f(x W + b).
///
/// Shapes: x `[batch, …, features]` → `[batch, …, units]`; `kernel` `[features, units]`, `bias` `[units]`.
/// Errors: an input without a features axis; `units` below 1.
/// Example: `Dense(10, activation: .softmax)`
public struct Dense: Layer {
  /// Size of the last axis of the result, at least 1.
  public var units: Int
  /// The function of the results, such as `.relu`.
  public var activation: ActivationFunction
  /// Whether a bias is added to the results.
  public var useBias: Bool
  /// How the kernel gets its first values.
  public var kernelInitializer: Initializer
  /// How the bias gets its first values.
  public var biasInitializer: Initializer
  /// A penalty on the kernel, added to the loss while training.
  public var kernelRegularizer: Regularizer?
  /// What the kernel must be after each update.
  public var kernelConstraint: Constraint?
  /// What the bias must be after each update.
  public var biasConstraint: Constraint?
  /// A penalty on the bias, added to the loss while training.
  public var biasRegularizer: Regularizer?
  /// A penalty on the results, added to the loss while training.
  public var activityRegularizer: Regularizer?
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    _ units: Int, activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil,
    kernelConstraint: Constraint? = nil, biasConstraint: Constraint? = nil, name: String? = nil
  ) {
    self.units = units
    self.activation = activation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = kernelRegularizer
    self.biasRegularizer = biasRegularizer
    self.activityRegularizer = activityRegularizer
    self.kernelConstraint = kernelConstraint
    self.biasConstraint = biasConstraint
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandPositive("units", units)
    try demand(
      input.rank >= 2, .shape, expected: "an input [batch, …, features]", given: "it is \(input.shape)",
      advice: "Give the samples a features axis, of size 1 if need be.")
    let scope = input.scope
    let kernel = scope.parameter(
      "kernel", [input.shape.last, units], kernelInitializer, regularizer: kernelRegularizer,
      constraint: kernelConstraint)
    var output = input.matmul(kernel)
    if useBias {
      output =
        output
        + scope.parameter("bias", [units], biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint)
    }
    return scope.penalizing(activation(output), activityRegularizer)
  }
}
