/// A rule that turns gradients into new parameters.
///
/// The rule is written once for one parameter, in tensor operations; the compiler makes one pass over all parameters of
/// it. Whatever changes between steps is an input of the step, never frozen into it.
public protocol Optimizer: Codable, Sendable {
  /// The step size at the start; a schedule or a callback may change it while training.
  var learningRate: Float { get set }
  /// Limits on gradients before the update.
  var clipping: GradientClipping? { get set }

  /// The parameter's next value.
  func update(_ parameter: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor
}

extension Optimizer {
  /// The class name in files.
  public static var className: String { String(describing: Self.self) }
}

/// Limits on gradients: the remedy for exploding ones.
public enum GradientClipping: Hashable, Sendable, Codable {
  /// Each element into -limit … limit.
  case value(Float)
  /// Each parameter's gradient scaled down to a norm of at most the limit.
  case norm(Float)
  /// All gradients scaled together so that their common norm is at most the limit.
  case globalNorm(Float)
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
  public func slot(_ name: String, like parameter: Tensor, initial: Float = 0) -> Tensor {
    slotReader(name, parameter.shape, initial)
  }

  /// Sets a slot's value at the end of the step.
  public func set(_ slot: Tensor, to value: Tensor) { slotWriter(slot, value) }

  /// A number of the optimizer as an input of the step, so that it can be changed while training.
  public func hyperparameter(_ name: String, _ value: Float) -> Tensor { hyperparameterReader(name, value) }
}
