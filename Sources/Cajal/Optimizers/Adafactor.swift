/// Adam's idea with little memory: the mean squares of a matrix are kept by row and by column only.
///
/// β = 1 - t^d. r, c ← means of g² + ε₁ by row and by column, moved by 1 - β; v = r cᵀ / mean r; for vectors v itself is kept.
/// u = g / √v, divided by max(1, rms(u) / threshold); w ← w - max(ε₂, rms(w)) min(η, 1/√t) u.
/// Example: `Adafactor(learningRate: 0.01)`. Source: Shazeer and Stern, arXiv:1804.04235; the form is Keras's.
public struct Adafactor: Optimizer, Hashable {
  public var learningRate: Double
  /// d: the power with which the mean squares come to last.
  public var beta2Decay: Double
  /// ε₁, added to squares.
  public var epsilon1: Double
  /// ε₂, the least size of a parameter in the step.
  public var epsilon2: Double
  /// The largest root mean square of a step before scaling.
  public var clipThreshold: Double
  /// Whether the learning rate is at most 1 / √t; Keras limits it in any case.
  public var relativeStep: Bool
  public var clipping: GradientClipping?
  public var weightDecay: WeightDecay?
  public var ema: WeightAverage?
  public var gradientAccumulationSteps: Int?

  /// The rule; each option is the property of that name.
  public init(
    learningRate: Double = 0.001, beta2Decay: Double = -0.8, epsilon1: Double = 1e-30, epsilon2: Double = 1e-3,
    clipThreshold: Double = 1, relativeStep: Bool = true, clipping: GradientClipping? = nil,
    weightDecay: WeightDecay? = nil, ema: WeightAverage? = nil, gradientAccumulationSteps: Int? = nil
  ) {
    self.learningRate = learningRate
    self.beta2Decay = beta2Decay
    self.epsilon1 = epsilon1
    self.epsilon2 = epsilon2
    self.clipThreshold = clipThreshold
    self.relativeStep = relativeStep
    self.clipping = clipping
    self.weightDecay = weightDecay
    self.ema = ema
    self.gradientAccumulationSteps = gradientAccumulationSteps
  }

  public func update(_ parameter: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    func size(_ x: Tensor) -> Tensor { x.squared().mean().sqrt() }
    let rate = scope.learningRate.minimum(scope.iteration.rsqrt())
    let step = size(parameter).maximum(scope.hyperparameter("epsilon_2", epsilon2)) * rate
    let squares = gradient.squared() + epsilon1
    let rest = scope.iteration.power(beta2Decay)
    func moved(_ name: String, _ value: Tensor) -> Tensor {
      let slot = scope.slot(name, shape: value.shape)
      let next = slot + (value - slot) * rest
      scope.set(slot, to: next)
      return next
    }
    let spread: Tensor
    if parameter.rank < 2 {
      spread = moved("velocity", squares)
    } else {
      let rows = moved("row_velocity", squares.mean(axes: [-1]))
      let columns = moved("column_velocity", squares.mean(axes: [-2]))
      let shares = rows / rows.mean(axes: [-1], keepsDimensions: true)
      spread = shares.expandingDimension(at: -1) * columns.expandingDimension(at: -2)
    }
    let direction = gradient / spread.sqrt()
    let limit = (size(direction) / clipThreshold).maximum(1)
    return parameter - direction / limit * step
  }
}

extension Optimizer where Self == Adafactor {
  /// ``Adafactor`` with its usual options.
  public static var adafactor: Adafactor { Adafactor() }
}
