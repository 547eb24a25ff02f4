/// Normalizes each channel over the batch, then scales and shifts.
///
/// Training: y = γ (x - μ) / √(σ² + ε) + β with μ and σ² (divided by n) of the batch, and the moving statistics become
/// m · old + (1 - m) · new, as in Keras 3 (the variance without Bessel's correction). Inference, and training while the
/// layer is frozen: y = x s + t with s = γ / √(moving variance + ε) and t = β - moving mean · s.
///
/// Places that the input's mask leaves out do not count in μ and σ². With `renorm` training normalizes with slower averages
/// of mean and deviation, as far as `renormClipping` lets it, so that small batches do less harm.
///
/// Shapes: x `[batch, …, channels, …]` → the same; `gamma`, `beta`, `moving_mean`, `moving_variance`, and with `renorm`
/// `moving_stddev`, `renorm_mean`, `renorm_stddev` `[channels]`.
/// Source: Ioffe and Szegedy, arXiv:1502.03167; renormalization: Ioffe, arXiv:1702.03275; momentum and ε are Keras's.
/// Example: `Conv2D(64, kernelSize: 3, useBias: false); BatchNormalization(); Activation(.relu)`
public struct BatchNormalization: Layer {
  /// The axis of the channels, each with its own statistics.
  public var axis: Int
  /// How much of the moving statistics each step keeps, in 0 … 1.
  public var momentum: Double
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
  /// How the moving mean gets its first values.
  public var movingMeanInitializer: Initializer
  /// How the moving variance gets its first values.
  public var movingVarianceInitializer: Initializer
  /// A penalty on the shift β, added to the loss while training.
  public var betaRegularizer: Regularizer?
  /// What the shift β must be after each update.
  public var betaConstraint: Constraint?
  /// What the scale γ must be after each update.
  public var gammaConstraint: Constraint?
  /// A penalty on the scale γ, added to the loss while training.
  public var gammaRegularizer: Regularizer?
  /// Whether training normalizes with averages over many batches.
  @Defaulted<Off> public var renorm: Bool
  /// Bounds of renormalization, `rmin`, `rmax` and `dmax`; those that are not there do not bind.
  public var renormClipping: [String: Double]?
  /// How much of renormalization's averages each step keeps, in 0 … 1.
  @Defaulted<UsualMomentum> public var renormMomentum: Double
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    axis: Int = -1, momentum: Double = 0.99, epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
    betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones,
    movingMeanInitializer: Initializer = .zeros, movingVarianceInitializer: Initializer = .ones,
    betaRegularizer: Regularizer? = nil, gammaRegularizer: Regularizer? = nil, betaConstraint: Constraint? = nil,
    gammaConstraint: Constraint? = nil, renorm: Bool = false, renormClipping: [String: Double]? = nil,
    renormMomentum: Double = 0.99, name: String? = nil
  ) {
    self.axis = axis
    self.momentum = momentum
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
    self.betaInitializer = betaInitializer
    self.gammaInitializer = gammaInitializer
    self.movingMeanInitializer = movingMeanInitializer
    self.movingVarianceInitializer = movingVarianceInitializer
    self.betaRegularizer = betaRegularizer
    self.gammaRegularizer = gammaRegularizer
    self.betaConstraint = betaConstraint
    self.gammaConstraint = gammaConstraint
    self.renorm = renorm
    self.renormClipping = renormClipping
    self.renormMomentum = renormMomentum
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    let axis = try demandAxis(axis, of: input)
    try demand(epsilon > 0, expected: "an epsilon above 0", given: "it is \(epsilon)")
    try demandRate("momentum", momentum)
    try demandRate("renormMomentum", renormMomentum)
    let last = input.rank - 1
    let mask = input.mask
    try demand(
      mask.map { $0.rank == last } ?? true, .shape, expected: "a mask of all axes but the channels",
      given: "it is \(mask?.shape ?? []) for \(input.shape)")
    guard axis == last else {
      var order = Array(0..<input.rank)
      order.swapAt(axis, last)
      return normalized(input.transposed(order), nil).transposed(order)
    }
    return normalized(input, mask)
  }

  /// The channels are the last axis here.
  private func normalized(_ x: Tensor, _ mask: Tensor?) -> Tensor {
    let scope = x.scope
    let channels = Shape([x.shape.last])
    // The order of the requests is Keras's order of weights.
    let gamma =
      scale
      ? scope.parameter("gamma", channels, gammaInitializer, regularizer: gammaRegularizer, constraint: gammaConstraint)
      : .ones(channels)
    let beta =
      center
      ? scope.parameter("beta", channels, betaInitializer, regularizer: betaRegularizer, constraint: betaConstraint)
      : .zeros(channels)
    let movingMean = scope.state("moving_mean", channels, movingMeanInitializer)
    let movingVariance = scope.state("moving_variance", channels, movingVarianceInitializer)
    let slow = renorm ? slowStatistics(scope, channels) : nil

    guard scope.isTraining, scope.isTrainable else {
      let factor = gamma * (movingVariance + epsilon).rsqrt()
      return x * factor + (beta - movingMean * factor)
    }
    if mask == nil, slow == nil {
      let (y, mean, variance) = x.batchNormalized(gamma: gamma, beta: beta, epsilon: epsilon)
      move(movingMean, to: mean, scope)
      move(movingVariance, to: variance, scope)
      return y
    }
    let (mean, variance) = moments(x, mask)
    move(movingMean, to: mean, scope)
    let centred = (x - mean) * (variance + epsilon).rsqrt()
    guard let slow else {
      move(movingVariance, to: variance, scope)
      return centred * gamma + beta
    }
    let deviation = (variance + epsilon).sqrt()
    let reference = slow.deviation.maximum(epsilon.squareRoot())
    var (r, d) = (deviation / reference, (mean - slow.mean) / reference)
    if let least = renormClipping?["rmin"] { r = r.maximum(least) }
    if let most = renormClipping?["rmax"] { r = r.minimum(most) }
    if let most = renormClipping?["dmax"] { d = d.clipped(-most, most) }
    move(slow.mean, to: mean, scope, momentum: renormMomentum)
    move(slow.deviation, to: deviation, scope, momentum: renormMomentum)
    let moving = slow.moving * momentum + deviation * (1 - momentum)
    scope.update(slow.moving, to: moving)
    scope.update(movingVariance, to: (moving.squared() - epsilon).relu())
    return (centred * r.stoppingGradient() + d.stoppingGradient()) * gamma + beta
  }

  /// What renormalization keeps: the deviation for inference, and mean and deviation for training.
  private func slowStatistics(
    _ scope: Scope, _ channels: Shape
  ) -> (moving: Tensor, mean: Tensor, deviation: Tensor) {
    let first = movingVarianceInitializer.squareRoot
    return (
      scope.state("moving_stddev", channels, first),
      scope.state("renorm_mean", channels, movingMeanInitializer),
      scope.state("renorm_stddev", channels, first)
    )
  }

  private func move(_ state: Tensor, to value: Tensor, _ scope: Scope, momentum: Double? = nil) {
    let kept = momentum ?? self.momentum
    scope.update(state, to: state * kept + value * (1 - kept))
  }

  /// Mean and variance of each channel over the places that count; Keras adds 10⁻⁷ to their number.
  private func moments(_ x: Tensor, _ mask: Tensor?) -> (mean: Tensor, variance: Tensor) {
    let axes = Array(0..<(x.rank - 1))
    guard let mask else { return (x.mean(axes: axes), x.variance(axes: axes)) }
    let marks = mask.asFactor(of: x)
    let share = (marks.sum() + 1e-7).reciprocal()
    let mean = (x * marks).sum(axes: axes) * share
    return (mean, ((x - mean).squared() * marks).sum(axes: axes) * share)
  }
}

/// 0.99 where a file says nothing.
public enum UsualMomentum: SavedDefault {
  public static var value: Double { 0.99 }
}

extension Initializer {
  /// The square root of a constant; other initializers stay as they are.
  fileprivate var squareRoot: Initializer {
    if case .constant(let value) = self { return .constant(value.squareRoot()) }
    return self
  }
}
