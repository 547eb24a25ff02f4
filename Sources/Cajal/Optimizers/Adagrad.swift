/// Gradients divided by the root of the sum of all their squares: rare features keep large steps.
///
/// a ← a + g², w ← w - η g / √(a + ε).
/// Example: `Adagrad(learningRate: 0.01)`. Source: Duchi et al., 2011; ε stands under the root, as in Keras.
public struct Adagrad: Optimizer, Hashable {
  public var learningRate: Double
  /// The sum of squares at the start.
  public var initialAccumulator: Double
  /// Added under the root.
  public var epsilon: Double
  public var clipping: GradientClipping?
  public var weightDecay: WeightDecay?
  public var ema: WeightAverage?
  public var gradientAccumulationSteps: Int?

  /// The rule; each option is the property of that name.
  public init(
    learningRate: Double = 0.001, initialAccumulator: Double = 0.1, epsilon: Double = 1e-7,
    clipping: GradientClipping? = nil, weightDecay: WeightDecay? = nil, ema: WeightAverage? = nil,
    gradientAccumulationSteps: Int? = nil
  ) {
    self.learningRate = learningRate
    self.initialAccumulator = initialAccumulator
    self.epsilon = epsilon
    self.clipping = clipping
    self.weightDecay = weightDecay
    self.ema = ema
    self.gradientAccumulationSteps = gradientAccumulationSteps
  }

  public func update(_ parameter: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    let accumulator = scope.slot("accumulator", like: parameter, initial: initialAccumulator)
    let sum = accumulator + gradient.squared()
    scope.set(accumulator, to: sum)
    return parameter - gradient * scope.learningRate / (sum + epsilon).sqrt()
  }
}

extension Optimizer where Self == Adagrad {
  /// ``Adagrad`` with its usual options.
  public static var adagrad: Adagrad { Adagrad() }
  /// ``Adagrad`` with options of one's own.
  public static func adagrad(
    learningRate: Double = 0.001, initialAccumulator: Double = 0.1, epsilon: Double = 1e-7,
    clipping: GradientClipping? = nil, weightDecay: WeightDecay? = nil, ema: WeightAverage? = nil,
    gradientAccumulationSteps: Int? = nil
  ) -> Adagrad {
    Adagrad(
      learningRate: learningRate, initialAccumulator: initialAccumulator, epsilon: epsilon, clipping: clipping,
      weightDecay: weightDecay, ema: ema, gradientAccumulationSteps: gradientAccumulationSteps
    )
  }
}
