/// Gradients scaled by the ratio of two roots: of recent moves and of recent gradients, so that units agree.
///
/// a ← ρ a + (1 - ρ) g², d = -g √(u + ε) / √(a + ε), u ← ρ u + (1 - ρ) d², w ← w + η d.
/// Example: `Adadelta(learningRate: 1)` is the paper's; the default 0.001 is Keras's. Source: Zeiler, arXiv:1212.5701.
public struct Adadelta: Optimizer, Hashable {
  public var learningRate: Double
  /// How much of the mean squares is kept each step.
  public var rho: Double
  /// Added under both roots.
  public var epsilon: Double
  public var clipping: GradientClipping?
  public var weightDecay: WeightDecay?
  public var ema: WeightAverage?
  public var gradientAccumulationSteps: Int?

  /// The rule; each option is the property of that name.
  public init(
    learningRate: Double = 0.001, rho: Double = 0.95, epsilon: Double = 1e-7, clipping: GradientClipping? = nil,
    weightDecay: WeightDecay? = nil, ema: WeightAverage? = nil, gradientAccumulationSteps: Int? = nil
  ) {
    self.learningRate = learningRate
    self.rho = rho
    self.epsilon = epsilon
    self.clipping = clipping
    self.weightDecay = weightDecay
    self.ema = ema
    self.gradientAccumulationSteps = gradientAccumulationSteps
  }

  public func update(_ parameter: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    let keep = scope.hyperparameter("rho", rho)
    let rest = scope.hyperparameter("one_minus_rho", 1 - rho)
    let gradients = scope.slot("accumulated_grad", like: parameter)
    let moves = scope.slot("accumulated_delta_var", like: parameter)
    let square = gradients * keep + gradient.squared() * rest
    let move = -((moves + epsilon).sqrt() * gradient / (square + epsilon).sqrt())
    scope.set(gradients, to: square)
    scope.set(moves, to: moves * keep + move.squared() * rest)
    return parameter + move * scope.learningRate
  }
}

extension Optimizer where Self == Adadelta {
  /// ``Adadelta`` with its usual options.
  public static var adadelta: Adadelta { Adadelta() }
  /// ``Adadelta`` with options of one's own.
  public static func adadelta(
    learningRate: Double = 0.001, rho: Double = 0.95, epsilon: Double = 1e-7, clipping: GradientClipping? = nil,
    weightDecay: WeightDecay? = nil, ema: WeightAverage? = nil, gradientAccumulationSteps: Int? = nil
  ) -> Adadelta {
    Adadelta(
      learningRate: learningRate, rho: rho, epsilon: epsilon, clipping: clipping, weightDecay: weightDecay, ema: ema,
      gradientAccumulationSteps: gradientAccumulationSteps)
  }
}
