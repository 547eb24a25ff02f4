/// Adam with Nesterov's look ahead and a momentum that grows from step to step.
///
/// μₜ = β₁ (1 - ½ 0.96ᵗ), m and v as in Adam, m̂ = μₜ₊₁ m / (1 - Πᵢ₌₁ᵗ⁺¹ μᵢ) + (1 - μₜ) g / (1 - Πᵢ₌₁ᵗ μᵢ),
/// v̂ = v / (1 - β₂ᵗ), w ← w - η m̂ / (√v̂ + ε).
/// Example: `Nadam(learningRate: 0.001)`. Source: Dozat, 2016.
public struct Nadam: Optimizer, Hashable {
  public var learningRate: Double
  /// How much of the average gradient is kept each step.
  public var beta1: Double
  /// How much of the average square is kept each step.
  public var beta2: Double
  /// Added to what is divided by.
  public var epsilon: Double
  public var clipping: GradientClipping?
  public var weightDecay: WeightDecay?
  public var ema: WeightAverage?
  public var gradientAccumulationSteps: Int?

  /// The rule; each option is the property of that name.
  public init(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    clipping: GradientClipping? = nil, weightDecay: WeightDecay? = nil, ema: WeightAverage? = nil,
    gradientAccumulationSteps: Int? = nil
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.clipping = clipping
    self.weightDecay = weightDecay
    self.ema = ema
    self.gradientAccumulationSteps = gradientAccumulationSteps
  }

  public func update(_ parameter: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    let iteration = scope.iteration
    let beta = scope.hyperparameter("beta_1", beta1)
    func momentum(_ step: Tensor) -> Tensor { beta * (1 - 0.5 * step.filled(0.96).power(step)) }
    let now = momentum(iteration)
    let then = momentum(iteration + 1)
    // The product of all momenta so far: one scalar beside each parameter.
    let slot = scope.slot("u_product", like: iteration, initial: 1)
    let product = slot * now
    scope.set(slot, to: product)

    let average = scope.slot("momentum", like: parameter)
    let square = scope.slot("velocity", like: parameter)
    let mean = scope.moveAverage(average, toward: gradient, keep: "beta_1", beta1)
    let spread = scope.moveAverage(square, toward: gradient.squared(), keep: "beta_2", beta2)
    let ahead = mean * (then / (1 - product * then)) + gradient * ((1 - now) / (1 - product))
    let correction = 1 - scope.hyperparameter("beta_2", beta2).power(iteration)
    return parameter - ahead * scope.learningRate / ((spread / correction).sqrt() + epsilon)
  }
}

extension Optimizer where Self == Nadam {
  /// ``Nadam`` with its usual options.
  public static var nadam: Nadam { Nadam() }
  /// ``Nadam`` with options of one's own.
  public static func nadam(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    clipping: GradientClipping? = nil, weightDecay: WeightDecay? = nil, ema: WeightAverage? = nil,
    gradientAccumulationSteps: Int? = nil
  ) -> Nadam {
    Nadam(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, clipping: clipping,
      weightDecay: weightDecay, ema: ema, gradientAccumulationSteps: gradientAccumulationSteps
    )
  }
}
