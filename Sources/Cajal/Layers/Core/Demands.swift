// What layers ask of their hyper-parameters and inputs, in one voice.
extension Layer {
  /// Throws a misfit in the layer's name unless the condition holds.
  package func demand(
    _ condition: Bool, _ kind: CajalError.Kind = .argument, expected: @autoclosure () -> String,
    given: @autoclosure () -> String, advice: @autoclosure () -> String = ""
  ) throws {
    guard !condition else { return }
    throw CajalError(kind, Self.className, expected: expected(), given: given(), advice: advice())
  }

  /// Throws unless the input has the named axes.
  package func demandAxes(_ input: Tensor, _ axes: String, count: Int, advice: String = "") throws {
    try demand(
      input.rank == count, .shape, expected: "an input [\(axes)]", given: "it is \(input.shape)", advice: advice)
  }

  /// A number of something, from 1 on.
  package func demandPositive(_ name: String, _ value: Int) throws {
    try demand(value > 0 && value <= 1 << 30, expected: "\(name) of at least 1", given: "it is \(value)")
  }

  /// A rate of dropping or mixing.
  func demandRate(_ name: String, _ value: Double) throws {
    try demand(value >= 0 && value <= 1, expected: "a \(name) from 0 to 1", given: "it is \(value)")
  }

  /// The axis counted from the front; negative ones count from the end.
  func demandAxis(_ axis: Int, of input: Tensor) throws -> Int {
    let index = axis < 0 ? axis + input.rank : axis
    try demand(
      index > 0 && index < input.rank, expected: "an axis of \(input.shape) other than the batch",
      given: "it is \(axis)")
    return index
  }
}

extension Scope {
  /// Adds the penalty of an output to the loss while training, divided by the batch as in Keras 3.
  func penalizing(_ output: Tensor, _ regularizer: Regularizer?) -> Tensor {
    if let regularizer, isTraining, !output.shape.isPoisoned {
      addLoss(regularizer.penalty(output) * (1 / Double(max(output.rank > 0 ? output.shape[0] : 1, 1))))
    }
    return output
  }
}
