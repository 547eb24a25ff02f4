/// One step of a recurrent layer: an input and states to an output and the next states.
///
/// A cell of one's own is a layer that takes `[x, state…]` and gives `[output, state…]`; `RNN` steps it over time.
///
/// Example:
/// ```swift
/// struct MinimalCell: RecurrentCell {
///   var units: Int
///   var name = LayerName()
///   var stateSize: [Int] { [units] }
///   func forward(_ inputs: [Tensor]) throws -> [Tensor] {
///     let (x, h) = (inputs[0], inputs[1])
///     let kernel = x.scope.parameter("kernel", [x.shape.last, units], .glorotUniform)
///     let recurrent = x.scope.parameter("recurrent_kernel", [units, units], .orthogonal())
///     let output = (x.matmul(kernel) + h.matmul(recurrent)).tanh()
///     return [output, output]
///   }
/// }
/// let layer = RNN(MinimalCell(units: 32))
/// ```
public protocol RecurrentCell: Layer where Input == [Tensor], Output == [Tensor] {
  /// The number of features of each state.
  var stateSize: [Int] { get }
  /// The number of features of the output; that of the first state by default.
  var outputSize: Int { get }
  /// Shapes of the states, batch first, for an input of one step; `[batch, size]` by default.
  func stateShapes(for entry: Shape) throws -> [Shape]
}

extension RecurrentCell {
  public var outputSize: Int { stateSize.first ?? 0 }

  public func stateShapes(for entry: Shape) throws -> [Shape] { stateSize.map { [entry[0], $0] } }
}

/// A cell that works on a whole sequence at once: the product with the inputs is one for all steps.
protocol SequenceCell: RecurrentCell {
  /// Runs in the cell's scope; x is [time, batch, …].
  func sequence(_ x: Tensor, _ states: [Tensor], _ recurrence: Recurrence) throws -> SequenceResult
}

/// What comes out of a recurrence.
struct SequenceResult {
  /// [time, batch, …], each at the place of its input; nil where nobody wants them.
  var outputs: Tensor?
  /// The output of the last step, which is the first in time for a reversed recurrence.
  var last: Tensor
  var states: [Tensor]
}

extension RecurrentCell {
  /// The cell over a whole sequence [time, batch, …], in its own scope.
  func run(_ x: Tensor, _ states: [Tensor], _ recurrence: Recurrence) throws -> SequenceResult {
    if let whole = self as? any SequenceCell { return try whole.runWhole(x, states, recurrence) }
    return try recurrence.run(states, over: [x], output: [x.shape[1], outputSize]) { entries, states in
      let results = self([entries[0]] + states)
      try demand(
        results.count == states.count + 1 || results[0].shape.isPoisoned,
        expected: "an output and \(states.count) states from each step", given: "there are \(results.count) tensors")
      return (results[0], Array(results.dropFirst()))
    }
  }
}

extension SequenceCell {
  fileprivate func runWhole(_ x: Tensor, _ states: [Tensor], _ recurrence: Recurrence) throws -> SequenceResult {
    var result: SequenceResult?
    let tensors: [Tensor] = entered([x] + states) {
      let whole = try sequence(x, states, recurrence)
      result = whole
      return [whole.last] + whole.states
    }
    return result ?? SequenceResult(outputs: tensors.first, last: tensors[0], states: Array(tensors.dropFirst()))
  }
}
