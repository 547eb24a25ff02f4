/// Gradients divided by the root of their recent mean square.
///
/// v ← ρ v + (1 - ρ) g², w ← w - η g / √(v + ε); centered: v less the square of the mean gradient; with momentum μ:
/// m ← μ m + η g / √(v + ε), w ← w - m.
/// Example: `RMSprop(learningRate: 0.001)`. Source: Tieleman and Hinton, 2012; ε stands under the root, as in Keras.
public struct RMSprop: Optimizer, Hashable {
  public var learningRate: Double
  /// How much of the mean square is kept each step.
  public var rho: Double
  /// How much of the last move is kept; 0 for none.
  public var momentum: Double
  /// Added under the root.
  public var epsilon: Double
  /// Whether the variance is used rather than the mean square.
  public var centered: Bool
  public var clipping: GradientClipping?
  public var weightDecay: WeightDecay?
  public var ema: WeightAverage?
  public var gradientAccumulationSteps: Int?

  /// The rule; each option is the property of that name.
  public init(
    learningRate: Double = 0.001, rho: Double = 0.9, momentum: Double = 0, epsilon: Double = 1e-7,
    centered: Bool = false, clipping: GradientClipping? = nil, weightDecay: WeightDecay? = nil,
    ema: WeightAverage? = nil, gradientAccumulationSteps: Int? = nil
  ) {
    self.learningRate = learningRate
    self.rho = rho
    self.momentum = momentum
    self.epsilon = epsilon
    self.centered = centered
    self.clipping = clipping
    self.weightDecay = weightDecay
    self.ema = ema
    self.gradientAccumulationSteps = gradientAccumulationSteps
  }

  public func update(_ parameter: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    let keep = scope.hyperparameter("rho", rho)
    let rest = scope.hyperparameter("one_minus_rho", 1 - rho)
    let velocity = scope.slot("velocity", like: parameter)
    let square = velocity * keep + gradient.squared() * rest
    scope.set(velocity, to: square)
    var spread = square
    if centered {
      let average = scope.slot("average_gradient", like: parameter)
      let mean = average * keep + gradient * rest
      scope.set(average, to: mean)
      spread = square - mean.squared()
    }
    let move = gradient * scope.learningRate / (spread + epsilon).sqrt()
    guard momentum > 0 else { return parameter - move }
    let last = scope.slot("momentum", like: parameter)
    let next = last * scope.hyperparameter("momentum", momentum) + move
    scope.set(last, to: next)
    return parameter - next
  }
}

extension Optimizer where Self == RMSprop {
  /// ``RMSprop`` with its usual options.
  public static var rmsprop: RMSprop { RMSprop() }
  /// ``RMSprop`` with options of one's own.
  public static func rmsprop(
    learningRate: Double = 0.001, rho: Double = 0.9, momentum: Double = 0, epsilon: Double = 1e-7,
    centered: Bool = false, clipping: GradientClipping? = nil, weightDecay: WeightDecay? = nil,
    ema: WeightAverage? = nil, gradientAccumulationSteps: Int? = nil
  ) -> RMSprop {
    RMSprop(
      learningRate: learningRate, rho: rho, momentum: momentum, epsilon: epsilon, centered: centered,
      clipping: clipping, weightDecay: weightDecay, ema: ema, gradientAccumulationSteps: gradientAccumulationSteps
    )
  }
}
