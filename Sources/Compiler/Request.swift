import CajalGraph

/// What to compile: a graph from inputs to outputs and to the next values of variables.
package struct Request {
  package var inputs: [Tensor]
  package var outputs: [Tensor]
  package var updates: [(variable: Variable, value: Tensor)]
  /// Training programs choose layouts for forward and backward together and own their variables' layout.
  package var isTraining: Bool

  package init(
    inputs: [Tensor] = [], outputs: [Tensor], updates: [(variable: Variable, value: Tensor)] = [],
    isTraining: Bool = false
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.updates = updates
    self.isTraining = isTraining
  }
}

/// What the compiler must know of a backend.
package protocol Backend {
  /// Whether the operation runs whole on these types; else its decomposition is used.
  func supports(_ operation: any Operation, inputs: [TensorType]) -> Bool
}
