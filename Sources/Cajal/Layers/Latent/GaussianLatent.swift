/// A code that is drawn: the encoder's features give mean and variance of a normal distribution for each unit.
///
/// μ and ln σ² are dense layers of the input. While training the result is z = μ + σ ε with ε ~ N(0, 1), through which
/// gradients flow; inference gives μ. In both, β · KL(N(μ, σ²) ‖ N(0, 1)) = β/2 Σⱼ (μⱼ² + σⱼ² - 1 - ln σⱼ²), the mean over
/// the batch, is added to the loss. With a reconstruction loss in nats per sample, such as ``BernoulliLikelihood``, the
/// loss of a step is then the negative evidence lower bound.
///
/// Shapes: x `[batch, features]` → `[batch, units]`; `mean/kernel`, `log_variance/kernel` `[features, units]`.
/// Errors: an input of another rank; units below 1; a negative beta.
/// Source: Kingma and Welling, "Auto-encoding variational Bayes", 2014, appendix B; β from Higgins et al., 2017.
/// Example: `Sequential { Dense(512, activation: .relu); GaussianLatent(20); Dense(512, activation: .relu); … }`
public struct GaussianLatent: Layer {
  /// Size of the code.
  public var units: Int
  /// What the divergence counts in the loss; 1 for the evidence lower bound, more for a simpler code.
  public var beta: Double
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ units: Int, beta: Double = 1, name: String? = "latent") {
    self.units = units
    self.beta = beta
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandPositive("units", units)
    try demand(beta >= 0, expected: "a beta of at least 0", given: "it is \(beta)")
    try demandAxes(input, "batch, features", count: 2, advice: "Put Flatten() before it.")
    let mean = Dense(units, name: "mean")(input)
    let logVariance = Dense(units, name: "log_variance")(input)
    guard !mean.shape.isPoisoned, !logVariance.shape.isPoisoned else { return mean }
    if beta > 0 {
      input.scope.addLoss(Self.divergence(mean: mean, logVariance: logVariance).mean() * beta)
    }
    guard input.scope.isTraining else { return mean }
    return Self.draw(mean: mean, logVariance: logVariance, noise: input.scope.normal(mean.shape))
  }

  /// KL(N(μ, σ²) ‖ N(0, 1)) of each sample, summed over the units.
  ///
  /// Shapes: both `[batch, units]` → `[batch]`. Unit: nats.
  public static func divergence(mean: Tensor, logVariance: Tensor) -> Tensor {
    0.5 * (mean.squared() + logVariance.exp() - logVariance - 1).sum(axes: [-1])
  }

  /// z = μ + σ ε.
  public static func draw(mean: Tensor, logVariance: Tensor, noise: Tensor) -> Tensor {
    mean + (logVariance * 0.5).exp() * noise
  }
}
