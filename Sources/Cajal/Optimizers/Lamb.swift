/// Adam's direction with a step as long as the parameter suggests, for large batches: w ← w - η (‖w‖ / ‖u‖) u.
///
/// u = m̂ / (√v̂ + ε) with Adam's corrected averages; the ratio is 1 where one of the norms is 0.
/// Example: `Lamb(learningRate: 0.001)`. Source: You et al., arXiv:1904.00962.
public struct Lamb: Optimizer, Hashable {
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
    let average = scope.slot("momentum", like: parameter)
    let square = scope.slot("velocity", like: parameter)
    let mean = scope.moveAverage(average, toward: gradient, keep: "beta_1", beta1)
    let spread = scope.moveAverage(square, toward: gradient.squared(), keep: "beta_2", beta2)
    let correction1 = 1 - scope.hyperparameter("beta_1", beta1).power(scope.iteration)
    let correction2 = 1 - scope.hyperparameter("beta_2", beta2).power(scope.iteration)
    let direction = mean / correction1 / ((spread / correction2).sqrt() + epsilon)
    func norm(_ x: Tensor) -> Tensor { x.squared().sum().sqrt() }
    let (own, step) = (norm(parameter), norm(direction))
    let ratio = (own .> 0).and(step .> 0).select(own / step, own.filled(1))
    return parameter - direction * (ratio * scope.learningRate)
  }
}

extension Optimizer where Self == Lamb {
  /// ``Lamb`` with its usual options.
  public static var lamb: Lamb { Lamb() }
}
