/// Moves by the recent mean gradient, divided by the root of the recent mean square, both corrected for their start.
///
/// m ← m + (1 - β₁)(g - m), v ← v + (1 - β₂)(g² - v), w ← w - η √(1 - β₂ᵗ)/(1 - β₁ᵗ) · m / (√v + ε).
/// With `amsgrad` v is the largest so far.
/// Example: `Adam(learningRate: 0.001)`. Source: Kingma and Ba, arXiv:1412.6980, in the order of operations of section 2,
/// where ε is added to the uncorrected root; ε 1e-7 is that of Keras (the paper: 1e-8). AMSGrad: Reddi et al., 2018.
public struct Adam: Optimizer, Hashable {
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
    amsgrad: Bool = false, clipping: GradientClipping? = nil, weightDecay: WeightDecay? = nil,
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
    let average = scope.slot("momentum", like: parameter)
    let square = scope.slot("velocity", like: parameter)
    let rate = AdamRate(beta1: beta1, beta2: beta2, scope).value
    let mean = scope.moveAverage(average, toward: gradient, keep: "beta_1", beta1)
    var spread = scope.moveAverage(square, toward: gradient.squared(), keep: "beta_2", beta2)
    if amsgrad {
      let largest = scope.slot("velocity_hat", like: parameter)
      spread = largest.maximum(spread)
      scope.set(largest, to: spread)
    }
    return parameter - mean * rate / (spread.sqrt() + epsilon)
  }
}

extension Optimizer where Self == Adam {
  /// ``Adam`` with its usual options.
  public static var adam: Adam { Adam() }
  /// ``Adam`` with options of one's own.
  public static func adam(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    amsgrad: Bool = false, clipping: GradientClipping? = nil, weightDecay: WeightDecay? = nil,
    ema: WeightAverage? = nil, gradientAccumulationSteps: Int? = nil
  ) -> Adam {
    Adam(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad, clipping: clipping,
      weightDecay: weightDecay, ema: ema, gradientAccumulationSteps: gradientAccumulationSteps
    )
  }
}
