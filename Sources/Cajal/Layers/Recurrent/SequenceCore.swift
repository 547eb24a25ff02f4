// The recurrent cells over a whole sequence, one function for each kind. Inputs come projected, gates side by side along
// the last axis in Keras's order. Where nothing but the usual functions is asked for, the sequence is one operation.

enum SequenceCore {
  /// The sequence as one operation; nil where a mask or dropout of the state has to be looked at in each step.
  private static func whole(
    _ cell: RecurrentSequence.Cell, _ x: Tensor, _ state: [Tensor], _ product: RecurrentProduct, bias: Tensor? = nil,
    _ recurrence: Recurrence
  ) -> SequenceResult? {
    guard recurrence.mask == nil, product.masks.isEmpty, !x.shape.isPoisoned else { return nil }
    let (h, last) = Tensor.recurrentSequence(
      cell, x, states: state, kernel: product.kernel, bias: bias, reverse: recurrence.reverse)
    return SequenceResult(outputs: recurrence.collects ? h : nil, last: last[0], states: last)
  }

  /// h ← f(x + h R).
  static func simple(
    _ x: Tensor, _ state: [Tensor], _ product: RecurrentProduct, _ activation: ActivationFunction,
    _ recurrence: Recurrence
  ) throws -> SequenceResult {
    if activation == .tanh || activation == .relu,
      let whole = whole(activation == .tanh ? .tanh : .relu, x, state, product, recurrence)
    {
      return whole
    }
    return try recurrence.run(state, over: [x], output: state[0].shape) { entries, state in
      let h = simpleStep(entries[0], state[0], product, activation)
      return (h, [h])
    }
  }

  static func simpleStep(
    _ x: Tensor, _ h: Tensor, _ product: RecurrentProduct, _ activation: ActivationFunction
  ) -> Tensor {
    activation(x + product(h))
  }

  /// Gates i, f, c, o: c ← σ(f) c + σ(i) φ(c̃), h ← σ(o) φ(c).
  static func lstm(
    _ x: Tensor, _ state: [Tensor], _ product: RecurrentProduct, _ activation: ActivationFunction,
    _ recurrentActivation: ActivationFunction, _ recurrence: Recurrence
  ) throws -> SequenceResult {
    if activation == .tanh, recurrentActivation == .sigmoid,
      let whole = whole(.lstm, x, state, product, recurrence)
    {
      return whole
    }
    return try recurrence.run(state, over: [x], output: state[0].shape) { entries, state in
      let next = lstmStep(entries[0] + product(state[0]), state[1], activation, recurrentActivation)
      return (next[0], next)
    }
  }

  /// The next h and c from the gates' net inputs.
  static func lstmStep(
    _ net: Tensor, _ c: Tensor, _ activation: ActivationFunction, _ recurrentActivation: ActivationFunction
  ) -> [Tensor] {
    let units = c.shape.last
    let gates = net.split([units, units, units, units], axis: -1)
    let kept = recurrentActivation(gates[1]) * c
    let next = kept + recurrentActivation(gates[0]) * activation(gates[2])
    return [recurrentActivation(gates[3]) * activation(next), next]
  }

  /// Gates z, r, h: h ← z h + (1 - z) φ(x + r (h R + b)) with the reset after the product, else φ(x + (r h) R).
  static func gru(
    _ x: Tensor, _ state: [Tensor], _ product: RecurrentProduct, bias: Tensor?, resetAfter: Bool,
    _ activation: ActivationFunction, _ recurrentActivation: ActivationFunction, _ recurrence: Recurrence
  ) throws -> SequenceResult {
    if activation == .tanh, recurrentActivation == .sigmoid, resetAfter,
      let whole = whole(.gru, x, state, product, bias: bias, recurrence)
    {
      return whole
    }
    return try recurrence.run(state, over: [x], output: state[0].shape) { entries, state in
      let h = gruStep(
        entries[0], state[0], product, bias: bias, resetAfter: resetAfter, activation, recurrentActivation)
      return (h, [h])
    }
  }

  static func gruStep(
    _ x: Tensor, _ h: Tensor, _ product: RecurrentProduct, bias: Tensor?, resetAfter: Bool,
    _ activation: ActivationFunction, _ recurrentActivation: ActivationFunction
  ) -> Tensor {
    let units = h.shape.last
    let inputs = x.split([units, units, units], axis: -1)
    let (z, candidate): (Tensor, Tensor)
    if resetAfter {
      let inner = bias.map { product(h) + $0 } ?? product(h)
      let parts = inner.split([units, units, units], axis: -1)
      z = recurrentActivation(inputs[0] + parts[0])
      let r = recurrentActivation(inputs[1] + parts[1])
      candidate = activation(inputs[2] + r * parts[2])
    } else {
      let parts = product(h, gates: 0..<2).split([units, units], axis: -1)
      z = recurrentActivation(inputs[0] + parts[0])
      let r = recurrentActivation(inputs[1] + parts[1])
      candidate = activation(inputs[2] + product(h, gates: 2..<3, factor: r))
    }
    return z * h + (1 - z) * candidate
  }
}

/// The product of a state with the recurrent kernel, with the state's dropout: one mask for each gate, or none.
struct RecurrentProduct {
  /// [units, gates · units]
  var kernel: Tensor
  /// [batch, units] for each gate, the same at all steps.
  var masks: [Tensor] = []

  func callAsFunction(_ h: Tensor) -> Tensor {
    masks.isEmpty ? h.matmul(kernel) : self(h, gates: 0..<masks.count)
  }

  /// The columns of some gates; `factor` is multiplied to the state before.
  func callAsFunction(_ h: Tensor, gates: Range<Int>, factor: Tensor? = nil) -> Tensor {
    let units = h.shape.last
    let state = factor.map { $0 * h } ?? h
    guard !masks.isEmpty else {
      return state.matmul(kernel.slice(axis: 1, gates.lowerBound * units..<gates.upperBound * units))
    }
    let parts = gates.map { gate in
      (state * masks[gate]).matmul(kernel.slice(axis: 1, gate * units..<(gate + 1) * units))
    }
    return Tensor.concatenate(parts, axis: -1)
  }
}
