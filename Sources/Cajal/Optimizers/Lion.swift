/// Steps of one size: the sign of the mean gradient, mixed with the newest more than the kept mean is.
///
/// w ← w - η sign(β₁ m + (1 - β₁) g), then m ← β₂ m + (1 - β₂) g. Take a third to a tenth of Adam's rate.
/// Example: `Lion(learningRate: 1e-4, weightDecay: 0.1)`. Source: Chen et al., arXiv:2302.06675.
public struct Lion: Optimizer, Hashable {
  public var learningRate: Double
  /// How much the kept mean counts in the step.
  public var beta1: Double
  /// How much of the mean is kept each step.
  public var beta2: Double
  public var clipping: GradientClipping?
  public var weightDecay: WeightDecay?
  public var ema: WeightAverage?
  public var gradientAccumulationSteps: Int?

  /// The rule; each option is the property of that name.
  public init(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.99, clipping: GradientClipping? = nil,
    weightDecay: WeightDecay? = nil, ema: WeightAverage? = nil, gradientAccumulationSteps: Int? = nil
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.clipping = clipping
    self.weightDecay = weightDecay
    self.ema = ema
    self.gradientAccumulationSteps = gradientAccumulationSteps
  }

  public func update(_ parameter: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    let average = scope.slot("momentum", like: parameter)
    func mixed(_ name: String, _ keep: Double) -> Tensor {
      let rest = scope.hyperparameter("one_minus_" + name, 1 - keep)
      return average * scope.hyperparameter(name, keep) + gradient * rest
    }
    let direction = mixed("beta_1", beta1).sign()
    scope.set(average, to: mixed("beta_2", beta2))
    return parameter - direction * scope.learningRate
  }
}

extension Optimizer where Self == Lion {
  /// ``Lion`` with its usual options.
  public static var lion: Lion { Lion() }
  /// ``Lion`` with options of one's own.
  public static func lion(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.99, clipping: GradientClipping? = nil,
    weightDecay: WeightDecay? = nil, ema: WeightAverage? = nil, gradientAccumulationSteps: Int? = nil
  ) -> Lion {
    Lion(
      learningRate: learningRate, beta1: beta1, beta2: beta2, clipping: clipping, weightDecay: weightDecay, ema: ema,
      gradientAccumulationSteps: gradientAccumulationSteps)
  }
}
