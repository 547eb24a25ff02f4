/// A dense layer that is kept from moving with its input: the penalty of ``Contractive`` in closed form.
///
/// y = f(x W + b), and weight · 1/batch Σ ‖∂y/∂x‖²_F is added to the loss while training, where ‖∂y/∂x‖²_F =
/// Σⱼ f′(aⱼ)² Σᵢ wᵢⱼ². For a sigmoid f′(aⱼ) = yⱼ (1 - yⱼ). It costs one product, whatever the number of units.
///
/// Shapes: x `[batch, features]` → `[batch, units]`; `kernel` `[features, units]`, `bias` `[units]`.
/// Errors: an input of another rank; an activation that looks along an axis, such as softmax; a negative weight.
/// Source: Rifai et al., "Contractive auto-encoders", ICML 2011, section 2.
/// Example: `ContractiveDense(64, weight: 0.1)`
public struct ContractiveDense: Layer {
  /// Size of the code.
  public var units: Int
  /// The function of the results.
  public var activation: ActivationFunction
  /// What the penalty counts in the loss.
  public var weight: Double
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ units: Int, activation: ActivationFunction = .sigmoid, weight: Double, name: String? = nil) {
    self.units = units
    self.activation = activation
    self.weight = weight
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandPositive("units", units)
    try demandAxes(input, "batch, features", count: 2, advice: "Put Flatten() before it.")
    try demand(weight >= 0, expected: "a weight of at least 0", given: "it is \(weight)")
    try demand(
      activation.isElementwise, expected: "an activation of single elements", given: "it is \(activation.name)",
      advice: "Use Contractive(Dense(…), weight: …).")
    let scope = input.scope
    let kernel = scope.parameter("kernel", [input.shape.last, units], .glorotUniform)
    let bias = scope.parameter("bias", [units], .zeros)
    let sum = input.matmul(kernel) + bias
    let output = activation(sum)
    if scope.isTraining, weight > 0 {
      let slope = gradient(of: [output], seeds: [output.filled(1)], with: [sum])[0]
      scope.addLoss(Self.jacobianSquaredNorm(slope: slope, kernel: kernel).mean() * weight)
    }
    return output
  }

  /// Σⱼ f′(aⱼ)² Σᵢ wᵢⱼ² of each sample.
  ///
  /// Shapes: slope f′(a) `[batch, units]`, kernel `[features, units]` → `[batch]`.
  public static func jacobianSquaredNorm(slope: Tensor, kernel: Tensor) -> Tensor {
    (slope.squared() * kernel.squared().sum(axes: [0])).sum(axes: [1])
  }
}
