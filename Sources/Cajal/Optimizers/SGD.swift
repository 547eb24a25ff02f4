/// Gradient descent on mini-batches, with momentum and Nesterov's look ahead if wanted.
///
/// w ← w - η g; with momentum μ: v ← μ v - η g, w ← w + v; with Nesterov: w ← w + μ v - η g after v's update.
/// Example: `SGD(learningRate: 0.01, momentum: 0.9, nesterov: true)`. Sources: Robbins and Monro, 1951; Polyak, 1964;
/// Nesterov, 1983; the form of momentum is Keras's, where the learning rate is inside v.
public struct SGD: Optimizer, Hashable {
  public var learningRate: Double
  /// How much of the last move is kept, in 0 ..< 1; 0 for none.
  public var momentum: Double
  /// Whether the gradient counts as taken after the coming move.
  public var nesterov: Bool
  public var clipping: GradientClipping?
  public var weightDecay: WeightDecay?
  public var ema: WeightAverage?
  public var gradientAccumulationSteps: Int?

  /// The rule; each option is the property of that name.
  public init(
    learningRate: Double = 0.01, momentum: Double = 0, nesterov: Bool = false, clipping: GradientClipping? = nil,
    weightDecay: WeightDecay? = nil, ema: WeightAverage? = nil, gradientAccumulationSteps: Int? = nil
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
    self.clipping = clipping
    self.weightDecay = weightDecay
    self.ema = ema
    self.gradientAccumulationSteps = gradientAccumulationSteps
  }

  public func update(_ parameter: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    let move = gradient * scope.learningRate
    guard momentum != 0 else { return parameter - move }
    let velocity = scope.slot("momentum", like: parameter)
    let keep = scope.hyperparameter("momentum", momentum)
    let next = velocity * keep - move
    scope.set(velocity, to: next)
    return nesterov ? parameter + (next * keep - move) : parameter + next
  }
}

extension Optimizer where Self == SGD {
  /// ``SGD`` with its usual options.
  public static var sgd: SGD { SGD() }
  /// ``SGD`` with options of one's own.
  public static func sgd(
    learningRate: Double = 0.01, momentum: Double = 0, nesterov: Bool = false, clipping: GradientClipping? = nil,
    weightDecay: WeightDecay? = nil, ema: WeightAverage? = nil, gradientAccumulationSteps: Int? = nil
  ) -> SGD {
    SGD(
      learningRate: learningRate, momentum: momentum, nesterov: nesterov, clipping: clipping, weightDecay: weightDecay,
      ema: ema, gradientAccumulationSteps: gradientAccumulationSteps
    )
  }
}
