/// AdamW without a schedule: training looks at a point between a fast sequence z and the average x of where z has been.
///
/// v ← v + (1 - β₂)(g² - v), z ← z - η g / (√(v / (1 - β₂ᵗ)) + ε), x ← (1 - 1/t) x + z / t, w = (1 - β₁) z + β₁ x.
/// As in Keras the parameters stay at w when training ends; Keras 3.15 on TensorFlow begins z at 0 in a compiled model,
/// here z begins at w.
/// Example: `ScheduleFreeAdamW(learningRate: 0.0025, warmupSteps: 1_000)`. Source: Defazio et al., arXiv:2405.15682.
public struct ScheduleFreeAdamW: Optimizer, Hashable {
  public var learningRate: Double
  /// How near the average training looks.
  public var beta1: Double
  /// How much of the average square is kept each step.
  public var beta2: Double
  /// Added to what is divided by.
  public var epsilon: Double
  /// Steps in which the learning rate rises in a straight line.
  public var warmupSteps: Int
  public var clipping: GradientClipping?
  public var weightDecay: WeightDecay?
  public var ema: WeightAverage?
  public var gradientAccumulationSteps: Int?

  /// The rule; each option is the property of that name.
  public init(
    learningRate: Double = 0.0025, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    warmupSteps: Int = 0, clipping: GradientClipping? = nil, weightDecay: WeightDecay? = nil,
    ema: WeightAverage? = nil, gradientAccumulationSteps: Int? = nil
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.warmupSteps = warmupSteps
    self.clipping = clipping
    self.weightDecay = weightDecay
    self.ema = ema
    self.gradientAccumulationSteps = gradientAccumulationSteps
  }

  public func step(_ parameter: Tensor, path: String, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    let decayed = weightDecay?.applied(to: parameter, path: path, scope) ?? parameter
    return update(decayed, from: parameter, gradient: gradient.cast(to: parameter.dtype), scope)
      .cast(to: parameter.dtype)
  }

  public func update(_ parameter: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    update(parameter, from: parameter, gradient: gradient, scope)
  }

  /// - Parameter start: Where z begins in the first step: the parameter before its decay.
  private func update(_ parameter: Tensor, from start: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    let step = scope.iteration
    let slot = scope.slot("momentum", like: parameter)
    let square = scope.slot("velocity", like: parameter)
    let fast = (step .== 1).select(start, slot)
    var rate = scope.learningRate
    if warmupSteps > 0 { rate = rate * (step / Double(warmupSteps)).minimum(1) }
    let spread = scope.moveAverage(square, toward: gradient.squared(), keep: "beta_2", beta2)
    let correction = 1 - scope.hyperparameter("beta_2", beta2).power(step)
    let next = fast - gradient * rate / ((spread / correction).sqrt() + epsilon)
    scope.set(slot, to: next)
    let keep = scope.hyperparameter("beta_1", beta1)
    let rest = scope.hyperparameter("one_minus_beta_1", 1 - beta1)
    let average = (parameter - fast * rest) / keep
    let share = step.reciprocal()
    let moved = average * (1 - share) + next * share
    return next * rest + moved * keep
  }
}

extension Optimizer where Self == ScheduleFreeAdamW {
  /// ``ScheduleFreeAdamW`` with its usual options.
  public static var scheduleFreeAdamW: ScheduleFreeAdamW { ScheduleFreeAdamW() }
}
