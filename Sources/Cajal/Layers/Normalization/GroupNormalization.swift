/// Normalizes each sample over groups of its channels, then scales and shifts.
///
/// y = γ (x - μ) / √(σ² + ε) + β, with μ and σ² (divided by n) over one group of one sample. Independent of the batch;
/// prefer it to batch normalization for small batches. `groups: -1` gives each channel a group (instance
/// normalization), `groups: 1` is layer normalization over all but the batch.
///
/// Shapes: x `[batch, …, channels]` → the same; `gamma`, `beta` `[channels]`. `groups` divides the channels.
/// Source: Wu and He, arXiv:1803.08494; ε is Keras's (the paper's listing has 1e-5).
/// Example: `Conv2D(64, kernelSize: 3); GroupNormalization(groups: 8); Activation(.relu)`
public struct GroupNormalization: Layer {
  /// Parts that the channels are cut into; it divides their number.
  public var groups: Int
  /// The axis of the channels.
  public var axis: Int
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
    groups: Int = 32, axis: Int = -1, epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
    betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones, betaRegularizer: Regularizer? = nil,
    gammaRegularizer: Regularizer? = nil, betaConstraint: Constraint? = nil, gammaConstraint: Constraint? = nil,
    name: String? = nil
  ) {
    self.groups = groups
    self.axis = axis
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
    let axis = try demandAxis(axis, of: input)
    let channels = input.shape[axis]
    let groups = groups == -1 ? channels : groups
    try demandPositive("groups", groups)
    try demand(
      channels % groups == 0, .shape, expected: "channels divisible by the \(groups) groups",
      given: "there are \(channels) in \(input.shape)")
    try demand(epsilon > 0, expected: "an epsilon above 0", given: "it is \(epsilon)")
    let scope = input.scope
    var split = input.shape.dimensions
    split.replaceSubrange(axis...axis, with: [groups, channels / groups])
    let grouped = input.reshaped(Shape(split))
    let axes = (1...input.rank).filter { $0 != axis }
    let centred = grouped - grouped.mean(axes: axes, keepsDimensions: true)
    let variance = centred.squared().mean(axes: axes, keepsDimensions: true)
    var output = (centred * (variance + epsilon).rsqrt()).reshaped(input.shape)
    let aligned = Shape([channels] + Array(repeating: 1, count: input.rank - 1 - axis))
    if scale {
      let gamma = scope.parameter(
        "gamma", [channels], gammaInitializer, regularizer: gammaRegularizer, constraint: gammaConstraint)
      output = output * gamma.reshaped(aligned)
    }
    if center {
      let beta = scope.parameter(
        "beta", [channels], betaInitializer, regularizer: betaRegularizer, constraint: betaConstraint)
      output = output + beta.reshaped(aligned)
    }
    return output
  }
}
