import CajalGraph

/// What to compile: a graph from inputs to outputs and to the next values of variables.
package struct Request {
  package var inputs: [Tensor]
  package var outputs: [Tensor]
  package var updates: [(variable: Variable, value: Tensor)]
  /// Training programs choose layouts for forward and backward together and own their variables' layout.
  package var isTraining: Bool
  /// What must be a number for the step to go on; see `Guard`.
  package var guards: [Guard]

  package init(
    inputs: [Tensor] = [], outputs: [Tensor], updates: [(variable: Variable, value: Tensor)] = [],
    isTraining: Bool = false, guards: [Guard] = []
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.updates = updates
    self.isTraining = isTraining
    self.guards = guards
  }
}

/// A result of one float that must be finite before any parameter changes: the place of a loss among a program's results.
///
/// What it needs runs first; where it is not finite the step ends there, with all parameters as they were.
package enum Guard: Hashable, Sendable {
  case output(Int)
  case update(Int)
}

/// What the compiler must know of a backend.
package protocol Backend {
  /// Whether the operation runs whole on these types; else its decomposition is used.
  func supports(_ operation: any Operation, inputs: [TensorType]) -> Bool
}
