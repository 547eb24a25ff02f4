/// Follow the regularized leader: steps that keep a running sum of gradients, and make many parameters exactly 0.
///
/// n ← n + g², z ← z + g + 2 s w - (n'^-p - n^-p) w / η, w ← (clip(z, ±λ₁) - z) / (n'^-p / η + 2 λ₂ + β / η), where p is the
/// power of the learning rate and n' the new sum.
/// Example: `Ftrl(learningRate: 0.1, l1RegularizationStrength: 0.01)`. Source: McMahan et al., KDD 2013; the form is Keras's.
public struct Ftrl: Optimizer, Hashable {
  public var learningRate: Double
  /// The power with which steps shrink, at most 0; 0 for steps of one size.
  public var learningRatePower: Double
  /// The sum of squares at the start.
  public var initialAccumulatorValue: Double
  /// λ₁: how strongly parameters are held at 0.
  public var l1RegularizationStrength: Double
  /// λ₂: how strongly parameters are drawn to 0.
  public var l2RegularizationStrength: Double
  /// s: a penalty of squares that acts on the gradient.
  public var l2ShrinkageRegularizationStrength: Double
  /// β of the paper.
  public var beta: Double
  public var clipping: GradientClipping?
  public var weightDecay: WeightDecay?
  public var ema: WeightAverage?
  public var gradientAccumulationSteps: Int?

  /// The rule; each option is the property of that name.
  public init(
    learningRate: Double = 0.001, learningRatePower: Double = -0.5, initialAccumulatorValue: Double = 0.1,
    l1RegularizationStrength: Double = 0, l2RegularizationStrength: Double = 0,
    l2ShrinkageRegularizationStrength: Double = 0, beta: Double = 0, clipping: GradientClipping? = nil,
    weightDecay: WeightDecay? = nil, ema: WeightAverage? = nil, gradientAccumulationSteps: Int? = nil
  ) {
    self.learningRate = learningRate
    self.learningRatePower = learningRatePower
    self.initialAccumulatorValue = initialAccumulatorValue
    self.l1RegularizationStrength = l1RegularizationStrength
    self.l2RegularizationStrength = l2RegularizationStrength
    self.l2ShrinkageRegularizationStrength = l2ShrinkageRegularizationStrength
    self.beta = beta
    self.clipping = clipping
    self.weightDecay = weightDecay
    self.ema = ema
    self.gradientAccumulationSteps = gradientAccumulationSteps
  }

  public func update(_ parameter: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    let squares = scope.slot("accumulator", like: parameter, initial: initialAccumulatorValue)
    let linear = scope.slot("linear", like: parameter)
    let rate = scope.learningRate
    let shrinkage = scope.hyperparameter("l2_shrinkage", 2 * l2ShrinkageRegularizationStrength)
    let sum = squares + gradient.squared()
    let (before, after) = (squares.power(-learningRatePower), sum.power(-learningRatePower))
    let moved = linear + (gradient + parameter * shrinkage - (after - before) / rate * parameter)
    scope.set(squares, to: sum)
    scope.set(linear, to: moved)
    let drawn = scope.hyperparameter("l2", 2 * l2RegularizationStrength) + scope.hyperparameter("beta", beta) / rate
    let held = moved.clipped(-l1RegularizationStrength, l1RegularizationStrength)
    return (held - moved) / (after / rate + drawn)
  }
}

extension Optimizer where Self == Ftrl {
  /// ``Ftrl`` with its usual options.
  public static var ftrl: Ftrl { Ftrl() }
}
