/// A rule that turns gradients into new parameters.
///
/// The rule is written once for one parameter, in elementwise tensor operations; the compiler makes one pass over all
/// parameters of it. Whatever changes between steps is an input of the step, never frozen into it. Numbers of the recipe
/// are `Double`; they are rounded to `float32` once, where they enter the step.
///
/// Example: `model.compile(optimizer: .adam(learningRate: 0.002), loss: .meanSquaredError)`
public protocol Optimizer: Codable, Sendable {
  /// The step size at the start; a schedule or a callback may change it while training.
  var learningRate: Double { get set }
  /// Limits on gradients before the update.
  var clipping: GradientClipping? { get set }
  /// How much of each parameter is taken away each step, apart from its gradient.
  var weightDecay: WeightDecay? { get set }
  /// A moving average of the parameters, kept beside them; nil for none.
  var ema: WeightAverage? { get set }
  /// The parameters change once in so many steps, by the mean of their gradients; nil for every step.
  var gradientAccumulationSteps: Int? { get set }

  /// How the loss is scaled while gradients are computed; nil for not at all. See ``LossScaleOptimizer``.
  var lossScaling: LossScaling? { get }

  /// The parameter's next value, from its gradient alone; weight decay and clipping happen outside.
  func update(_ parameter: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor

  /// One whole step of a parameter: its decay, then its update from a gradient that has been clipped.
  ///
  /// The last component of the parameter's path (`encoder/conv1/kernel`) decides about weight decay. There is one for all
  /// rules; a rule of one's own writes it where `update` does not know enough.
  func step(_ parameter: Tensor, path: String, gradient: Tensor, _ scope: UpdateScope) -> Tensor

  /// The step size of a step, counted from 0; `learningRate` unless a schedule decides.
  func learningRate(atStep step: Int) -> Double
  /// Whether the step size follows a schedule, so that nobody else may set it.
  var hasSchedule: Bool { get }

  /// The class name in files: the Swift type's by default, which is Keras's where Keras has the optimizer.
  static var className: String { get }
}

extension Optimizer {
  public static var className: String { String(String(describing: Self.self).prefix { $0 != "<" }) }
  public func learningRate(atStep step: Int) -> Double { learningRate }
  public var hasSchedule: Bool { false }
  public var lossScaling: LossScaling? { nil }
  public var ema: WeightAverage? {
    get { nil }
    set {}
  }
  public var gradientAccumulationSteps: Int? {
    get { nil }
    set {}
  }

  public func step(_ parameter: Tensor, path: String, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    let decayed = weightDecay?.applied(to: parameter, path: path, scope) ?? parameter
    return update(decayed, gradient: gradient.cast(to: parameter.dtype), scope).cast(to: parameter.dtype)
  }
}

/// What an optimizer finds around it while it writes the update of one parameter.
public struct UpdateScope {
  /// The step size of this step: a scalar that may differ every time.
  public let learningRate: Tensor
  /// 1 in the first step: a float32 scalar.
  public let iteration: Tensor
  let slotReader: (_ name: String, _ shape: Shape, _ initial: Float) -> Tensor
  let slotWriter: (_ slot: Tensor, _ value: Tensor) -> Void
  let hyperparameterReader: (_ name: String, _ value: Float) -> Tensor

  /// A tensor kept beside the parameter between steps, `initial` everywhere at first.
  public func slot(_ name: String, like parameter: Tensor, initial: Double = 0) -> Tensor {
    slotReader(name, parameter.shape, Float(initial))
  }

  /// A tensor of a shape of its own kept beside the parameter between steps, `initial` everywhere at first.
  public func slot(_ name: String, shape: Shape, initial: Double = 0) -> Tensor {
    slotReader(name, shape, Float(initial))
  }

  /// Sets a slot's value at the end of the step.
  public func set(_ slot: Tensor, to value: Tensor) { slotWriter(slot, value) }

  /// A number of the optimizer as an input of the step, so that it can be changed while training.
  public func hyperparameter(_ name: String, _ value: Double) -> Tensor { hyperparameterReader(name, Float(value)) }

  /// The same with another step size.
  func withLearningRate(_ rate: Tensor) -> UpdateScope {
    UpdateScope(
      learningRate: rate, iteration: iteration, slotReader: slotReader, slotWriter: slotWriter,
      hyperparameterReader: hyperparameterReader)
  }

  /// A slot moved a fraction of the way to a value, slot + (value - slot) · (1 - keep), and set to it.
  ///
  /// The fraction is worked out before rounding: 1 - 0.999 in `float32` would be off by 1 in 10⁵.
  func moveAverage(_ slot: Tensor, toward value: Tensor, keep name: String, _ keep: Double) -> Tensor {
    let next = slot + (value - slot) * hyperparameter("one_minus_" + name, 1 - keep)
    set(slot, to: next)
    return next
  }
}
