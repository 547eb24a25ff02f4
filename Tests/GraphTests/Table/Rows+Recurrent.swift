import CajalGraph

private func f(_ shape: Shape) -> TensorType { TensorType(shape, .float32) }

extension Table {
  static let recurrent: [Row] = RecurrentSequence.Cell.allCases.flatMap { cell in
    [
      sequence(cell, reverse: false), sequence(cell, reverse: true), saved(cell), backward(cell, reverse: false),
      backward(cell, reverse: true),
    ]
  }

  private static func inputs(_ cell: RecurrentSequence.Cell, _ draw: inout Draw) -> [Values] {
    let (length, batch, units) = (draw.size(), draw.size(), draw.size())
    let columns = cell.gates * units
    // ReLU's kink is kept away from: with these numbers no net input comes near it.
    let x = cell == .relu ? draw.away([length, batch, columns]) : draw.numbers([length, batch, columns])
    let states = (0..<cell.states).map { _ in draw.numbers([batch, units], -1, 1) }
    let bound = cell == .relu ? 0.02 : 0.7
    let kernel = draw.numbers([units, columns], -bound, bound)
    return [x] + states + [kernel] + (cell == .gru && draw.bool() ? [draw.numbers([columns], -1, 1)] : [])
  }

  /// What a layer gives: h of all steps and the last states; the rest is hidden.
  private static func sequence(_ cell: RecurrentSequence.Cell, reverse: Bool) -> Row {
    let operation = RecurrentSequence(cell: cell, reverse: reverse)
    let columns = cell.gates * 3
    let errors = [
      ErrorSample(
        operation, [f([5, 2, columns])] + Array(repeating: f([4, 3]), count: cell.states) + [f([3, columns])],
        "\(cell.rawValue) sequence: expected inputs [time, batch, \(cell.gates) · units] and a state [batch, units] of one "
          + "floating dtype, but they are float32[5, 2, \(columns)] and float32[4, 3].")
    ]
    return Row(
      "\(cell.rawValue) sequence\(reverse ? " reversed" : "")", RecurrentSequence.self, gradientTolerance: 5e-5,
      errors: reverse ? [] : errors
    ) { draw in
      Sample(operation, inputs(cell, &draw)) { tensors in
        apply(operation, tensors).enumerated().map { $0 <= cell.states ? $1 : $1.filled(0) }
      }
    }
  }

  /// What the gradient reads is differentiated too.
  private static func saved(_ cell: RecurrentSequence.Cell) -> Row {
    Row("\(cell.rawValue) sequence with what it saves", RecurrentSequence.self, gradientTolerance: 5e-5) { draw in
      Sample(RecurrentSequence(cell: cell, reverse: draw.bool()), inputs(cell, &draw))
    }
  }

  private static func backward(_ cell: RecurrentSequence.Cell, reverse: Bool) -> Row {
    let columns = cell.gates * 3
    let operation = RecurrentSequenceGradient(
      cell: cell, reverse: reverse, arrives: [true] + Array(repeating: false, count: cell.states))
    let sequence = f([5, 2, 3])
    let types: [TensorType]
    switch cell {
    case .lstm: types = [f([3, columns]), f([2, 3]), sequence, f([5, 2, 12])]
    case .gru: types = [f([3, columns]), sequence, f([5, 2, 12])]
    case .tanh, .relu: types = [f([3, columns]), sequence]
    }
    let error = ErrorSample(
      operation, types + [f([2, 3])],
      "\(cell.rawValue) sequence gradient: expected gradients float32[5, 2, 3], but they are float32[2, 3].")
    return Row(
      "\(cell.rawValue) sequence gradient\(reverse ? " reversed" : "")", RecurrentSequenceGradient.self,
      gradientTolerance: 5e-5, errors: reverse ? [] : [error]
    ) { draw in
      let (length, batch, units) = (draw.size(), draw.size(), draw.size())
      let arrives = (0...cell.states).map { _ in draw.bool() }
      let kernel = draw.numbers([units, cell.gates * units], -0.7, 0.7)
      let values = draw.away([length, batch, units], 0.9)
      let gates = draw.numbers([length, batch, 4 * units], -0.9, 0.9)
      let state = draw.numbers([batch, units], -1, 1)
      let saved: [Values]
      switch cell {
      case .lstm: saved = [state, values, gates]
      case .gru: saved = [values, gates]
      case .tanh, .relu: saved = [values]
      }
      let gradients = arrives.enumerated().filter(\.element).map { index, _ in
        draw.numbers(index == 0 ? [length, batch, units] : [batch, units])
      }
      return Sample(
        RecurrentSequenceGradient(cell: cell, reverse: reverse, arrives: arrives), [kernel] + saved + gradients)
    }
  }

  private static func apply(_ operation: some Operation, _ tensors: [Tensor]) -> [Tensor] {
    Tensor.apply(operation, tensors)
  }
}
