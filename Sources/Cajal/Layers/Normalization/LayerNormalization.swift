/// Normalizes each sample over some of its axes, then scales and shifts.
///
/// y = γ (x - μ) / √(σ² + ε) + β, with μ and σ² (divided by n) over `axis` of one sample. Independent of the batch, so
/// training and inference agree.
///
/// Shapes: x `[batch, …]` → the same; `gamma`, `beta` have the sizes of `axis`.
/// Source: Ba, Kiros and Hinton, arXiv:1607.06450; ε is Keras's (PyTorch: 1e-5).
/// Example: `LayerNormalization(epsilon: 1e-6)`
public struct LayerNormalization: Layer {
  /// The axes over which each sample is normalized.
  public var axis: [Int]
  /// ε, added to the variance so that it is never 0.
  public var epsilon: Double
  /// Whether the shift β is learned and added.
  public var center: Bool
  /// Whether the scale γ is learned and multiplied.
  public var scale: Bool
  /// How the shift β gets its first values.
  public var betaInitializer: Initializer
  /// How the scale γ gets its first values.
  public var gammaInitializer: Initializer
  /// A penalty on the shift β, added to the loss while training.
  public var betaRegularizer: Regularizer?
  /// What the shift β must be after each update.
  public var betaConstraint: Constraint?
  /// What the scale γ must be after each update.
  public var gammaConstraint: Constraint?
  /// A penalty on the scale γ, added to the loss while training.
  public var gammaRegularizer: Regularizer?
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    axis: some SpatialSize = -1, epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
    betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones, betaRegularizer: Regularizer? = nil,
    gammaRegularizer: Regularizer? = nil, betaConstraint: Constraint? = nil, gammaConstraint: Constraint? = nil,
    name: String? = nil
  ) {
    self.axis = axis.sizes(axes: 1)
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
    self.betaInitializer = betaInitializer
    self.gammaInitializer = gammaInitializer
    self.betaRegularizer = betaRegularizer
    self.gammaRegularizer = gammaRegularizer
    self.betaConstraint = betaConstraint
    self.gammaConstraint = gammaConstraint
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    let axes = Set(try axis.map { try demandAxis($0, of: input) }).sorted()
    try demand(!axes.isEmpty, expected: "at least one axis", given: "there is none")
    try demand(epsilon > 0, expected: "an epsilon above 0", given: "it is \(epsilon)")
    let scope = input.scope
    let sizes = Shape(axes.map { input.shape[$0] })
    // From the first normalized axis on, with 1 for those that are not.
    let aligned = Shape((axes[0]..<input.rank).map { axes.contains($0) ? input.shape[$0] : 1 })
    let centred = input - input.mean(axes: axes, keepsDimensions: true)
    let variance = centred.squared().mean(axes: axes, keepsDimensions: true)
    var output = centred * (variance + epsilon).rsqrt()
    if scale {
      let gamma = scope.parameter(
        "gamma", sizes, gammaInitializer, regularizer: gammaRegularizer, constraint: gammaConstraint)
      output = output * gamma.reshaped(aligned)
    }
    if center {
      let beta = scope.parameter(
        "beta", sizes, betaInitializer, regularizer: betaRegularizer, constraint: betaConstraint)
      output = output + beta.reshaped(aligned)
    }
    return output
  }
}
