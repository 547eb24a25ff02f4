import CajalGraph

/// An optimizer bound to the parameters it changes, for steps of one's own.
///
/// It keeps the optimizer's slots, the step size and the number of its steps between runs. Frozen parameters
/// (`setTrainable(false, …)`) are left alone.
///
/// Example: `let trainer = Trainer(.adam(learningRate: 2e-4, beta1: 0.5), for: generator)`
public final class Trainer: @unchecked Sendable {  // changed by steps alone, which the models' locks keep apart
  let optimization: Optimization
  private let models: [Model]
  private let own: [Variable]
  let iteration = Variable("optimizer/iteration", TensorType([], .int64), role: .counter, value: Storage([Int64(0)]))

  /// An optimizer of models' trainable parameters.
  public init(_ optimizer: any Optimizer, for models: Model...) {
    optimization = Optimization(optimizer)
    self.models = models
    own = []
  }

  /// An optimizer of variables.
  public init(_ optimizer: any Optimizer, for variables: [Variable]) {
    optimization = Optimization(optimizer)
    models = []
    own = variables
  }

  /// What is trained now, in order.
  public var parameters: [Variable] {
    models.flatMap { model in model.store.parameters.filter { model.isTrainable($0.name) } } + own
  }

  /// The number of the next step, the step size, and the slots made so far: what a checkpoint needs besides the parameters.
  public var variables: [Variable] { [iteration, optimization.learningRate] + optimization.variables }

  /// The step size of the next run.
  public var learningRate: Double {
    get { Double(optimization.learningRate.scalar) }
    set { optimization.learningRate.setScalar(Float(newValue)) }
  }

  /// Lets the parameters and the averages that the optimizer keeps of them (`ema:`) change places: before judging, and
  /// back afterwards. Without averages nothing happens.
  public func swapAverages() { optimization.swapAverages() }

  /// Sets the parameters to the averages that the optimizer keeps of them, as `fit` does at its end.
  public func takeAverages() { optimization.takeAverages() }

  /// Slots of equal names in two models are told apart by the model's number.
  func slotPrefix(_ variable: Variable) -> String {
    guard models.count > 1, let owner = models.firstIndex(where: { $0.store[variable.name] === variable }) else {
      return variable.name
    }
    return "\(owner)/\(variable.name)"
  }
}
