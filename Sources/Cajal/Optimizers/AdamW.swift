/// Adam with weight decay apart from the gradient: w ← w - w · decay · η before each of Adam's steps.
///
/// Example: `AdamW(learningRate: 0.001, weightDecay: WeightDecay(0.01, excluding: ["bias"]))`.
/// Source: Loshchilov and Hutter, arXiv:1711.05101; the default decay 0.004 is Keras's.
public struct AdamW: Optimizer, Hashable {
  public var learningRate: Double
  /// How much of the average gradient is kept each step.
  public var beta1: Double
  /// How much of the average square is kept each step.
  public var beta2: Double
  /// Added to what is divided by.
  public var epsilon: Double
  /// Whether the largest mean square so far is used.
  public var amsgrad: Bool
  public var clipping: GradientClipping?
  public var weightDecay: WeightDecay?
  public var ema: WeightAverage?
  public var gradientAccumulationSteps: Int?

  /// The rule; each option is the property of that name.
  public init(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    amsgrad: Bool = false, clipping: GradientClipping? = nil, weightDecay: WeightDecay? = 0.004,
    ema: WeightAverage? = nil, gradientAccumulationSteps: Int? = nil
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.amsgrad = amsgrad
    self.clipping = clipping
    self.weightDecay = weightDecay
    self.ema = ema
    self.gradientAccumulationSteps = gradientAccumulationSteps
  }

  public func update(_ parameter: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    Adam(beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad).update(parameter, gradient: gradient, scope)
  }
}

extension Optimizer where Self == AdamW {
  /// ``AdamW`` with its usual options.
  public static var adamw: AdamW { AdamW() }
  /// ``AdamW`` with options of one's own.
  public static func adamw(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    amsgrad: Bool = false, clipping: GradientClipping? = nil, weightDecay: WeightDecay? = 0.004,
    ema: WeightAverage? = nil, gradientAccumulationSteps: Int? = nil
  ) -> AdamW {
    AdamW(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad, clipping: clipping,
      weightDecay: weightDecay, ema: ema, gradientAccumulationSteps: gradientAccumulationSteps
    )
  }
}
