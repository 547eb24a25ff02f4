/// Adam with the largest recent gradient instead of the mean square.
///
/// m ← m + (1 - β₁)(g - m), u ← max(β₂ u, |g|), w ← w - η m / ((1 - β₁ᵗ)(u + ε)).
/// Example: `Adamax(learningRate: 0.002)` is the paper's rate; the default 0.001 is Keras's.
/// Source: Kingma and Ba, arXiv:1412.6980, section 7.1.
public struct Adamax: Optimizer, Hashable {
  public var learningRate: Double
  /// How much of the average gradient is kept each step.
  public var beta1: Double
  /// How much of the largest gradient is kept each step.
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
    let average = scope.slot("momentum", like: parameter)
    let largest = scope.slot("norm", like: parameter)
    let correction = 1 - scope.hyperparameter("beta_1", beta1).power(scope.iteration)
    let mean = scope.moveAverage(average, toward: gradient, keep: "beta_1", beta1)
    let next = (largest * scope.hyperparameter("beta_2", beta2)).maximum(gradient.absolute())
    scope.set(largest, to: next)
    return parameter - mean * scope.learningRate / ((next + epsilon) * correction)
  }
}

extension Optimizer where Self == Adamax {
  /// ``Adamax`` with its usual options.
  public static var adamax: Adamax { Adamax() }
  /// ``Adamax`` with options of one's own.
  public static func adamax(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    clipping: GradientClipping? = nil, weightDecay: WeightDecay? = nil, ema: WeightAverage? = nil,
    gradientAccumulationSteps: Int? = nil
  ) -> Adamax {
    Adamax(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, clipping: clipping,
      weightDecay: weightDecay, ema: ema, gradientAccumulationSteps: gradientAccumulationSteps
    )
  }
}
