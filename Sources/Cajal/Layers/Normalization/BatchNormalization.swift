/// Normalizes each channel over the batch, then scales and shifts.
///
/// Training: y = γ (x - μ) / √(σ² + ε) + β with μ and σ² (divided by n) of the batch, and the moving statistics become
/// m · old + (1 - m) · new, as in Keras 3 (the variance without Bessel's correction). Inference, and training while the
/// layer is frozen: y = x s + t with s = γ / √(moving variance + ε) and t = β - moving mean · s.
///
/// Shapes: x `[batch, …, channels, …]` → the same; `gamma`, `beta`, `moving_mean`, `moving_variance` `[channels]`.
/// Source: Ioffe and Szegedy, arXiv:1502.03167; momentum and ε are Keras's.
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
  /// A penalty on the scale γ, added to the loss while training.
  public var gammaRegularizer: Regularizer?
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    axis: Int = -1, momentum: Double = 0.99, epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
    betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones,
    movingMeanInitializer: Initializer = .zeros, movingVarianceInitializer: Initializer = .ones,
    betaRegularizer: Regularizer? = nil, gammaRegularizer: Regularizer? = nil, name: String? = nil
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
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    let axis = try demandAxis(axis, of: input)
    try demand(epsilon > 0, expected: "an epsilon above 0", given: "it is \(epsilon)")
    try demandRate("momentum", momentum)
    let last = input.rank - 1
    guard axis == last else {
      var order = Array(0..<input.rank)
      order.swapAt(axis, last)
      return normalized(input.transposed(order)).transposed(order)
    }
    return normalized(input)
  }

  /// The channels are the last axis here.
  private func normalized(_ x: Tensor) -> Tensor {
    let scope = x.scope
    let channels = Shape([x.shape.last])
    // The order of the requests is Keras's order of weights.
    let gamma =
      scale ? scope.parameter("gamma", channels, gammaInitializer, regularizer: gammaRegularizer) : .ones(channels)
    let beta =
      center ? scope.parameter("beta", channels, betaInitializer, regularizer: betaRegularizer) : .zeros(channels)
    let movingMean = scope.state("moving_mean", channels, movingMeanInitializer)
    let movingVariance = scope.state("moving_variance", channels, movingVarianceInitializer)

    guard scope.isTraining, scope.isTrainable else {
      let factor = gamma * (movingVariance + epsilon).rsqrt()
      return x * factor + (beta - movingMean * factor)
    }
    let (y, mean, variance) = x.batchNormalized(gamma: gamma, beta: beta, epsilon: epsilon)
    let (kept, new) = (momentum, 1 - momentum)
    scope.update(movingMean, to: movingMean * kept + mean * new)
    scope.update(movingVariance, to: movingVariance * kept + variance * new)
    return y
  }
}
