/// A recurrent layer over a whole sequence, in one operation: the inputs' part of the gates is given, the states' part is
/// multiplied in step by step.
///
/// LSTM (gates i, f, g, o): c ← σ(f) c + σ(i) tanh(g), h ← σ(o) tanh(c). GRU (z, r, n): h ← σ(z) h + (1 - σ(z)) tanh(n + σ(r) p).
/// Simple: h ← tanh(x + p) or max(x + p, 0). Here p = h R, with a GRU's bias if there is one, and every gate is x + p otherwise.
/// Inputs: x [time, batch, gates · units], first h and an LSTM's c [batch, units], R [units, gates · units], bias [gates · units].
/// Results: h [time, batch, units], last h, an LSTM's last c; then what the gradient needs: h before each step, an LSTM's c,
/// and the gates [time, batch, 4 · units], of a GRU with p of the candidate at the end. With `reverse` time runs from the end.
package struct RecurrentSequence: Operation {
  package enum Cell: String, Hashable, Sendable, CaseIterable {
    case lstm, gru, tanh, relu

    package var gates: Int { self == .lstm ? 4 : self == .gru ? 3 : 1 }
    package var states: Int { self == .lstm ? 2 : 1 }
  }

  package static let name = "recurrent sequence"
  package static let differentiability = Differentiability.throughDecomposition
  package var cell: Cell
  package var reverse: Bool
  package init(cell: Cell, reverse: Bool) {
    self.cell = cell
    self.reverse = reverse
  }

  package var label: String { "\(cell.rawValue) sequence" }
  /// The place of R among the inputs.
  package var kernelInput: Int { 1 + cell.states }
  /// Results before those that only the gradient needs.
  private var visible: Int { 1 + cell.states }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let (x, h) = (inputs[0], inputs[1])
    guard x.shape.rank == 3, h.shape.rank == 2, x.dtype.isFloating, inputs.allSatisfy({ $0.dtype == x.dtype }),
      h.shape[0] == x.shape[1], x.shape[2] == cell.gates * h.shape[1]
    else {
      throw misfit(
        expected: "inputs [time, batch, \(cell.gates) · units] and a state [batch, units] of one floating dtype",
        given: "they are \(x) and \(h)")
    }
    let (batch, units) = (h.shape[0], h.shape[1])
    let columns = cell.gates * units
    guard cell == .lstm ? inputs[2] == h : true, inputs[kernelInput].shape == [units, columns],
      inputs.count == kernelInput + 1
        || cell == .gru && inputs.count == kernelInput + 2 && inputs[kernelInput + 1].shape == [columns]
    else {
      throw misfit(
        expected: "states \(h), a recurrent kernel [\(units), \(columns)]\(cell == .gru ? " and perhaps a bias" : "")",
        given: "they are \(inputs[1...].map(\.description).joined(separator: ", "))")
    }
    func overTime(_ features: Int) -> TensorType { TensorType([x.shape[0], batch, features], x.dtype) }
    let sequence = overTime(units)
    switch cell {
    case .lstm: return [sequence, h, h, sequence, sequence, overTime(4 * units)]
    case .gru: return [sequence, h, sequence, overTime(4 * units)]
    case .tanh, .relu: return [sequence, h, sequence]
    }
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard context.gradients[visible...].allSatisfy({ $0 == nil }) else { return gradientThroughDecomposition(context) }
    let (inputs, outputs) = (context.inputs, context.outputs)
    let kernel = inputs[kernelInput]
    let saved: [Tensor]
    switch cell {
    case .lstm: saved = [inputs[2], outputs[4], outputs[5]]
    case .gru: saved = [outputs[2], outputs[3]]
    case .tanh, .relu: saved = [outputs[0]]
    }
    let arrived = context.gradients[..<visible]
    let backward = RecurrentSequenceGradient(cell: cell, reverse: reverse, arrives: arrived.map { $0 != nil })
    let results = Tensor.apply(backward, [kernel] + saved + arrived.compactMap { $0 })
    guard results.count > cell.states else { return inputs.map { _ in nil } }
    // The product's gradient, and with it that of R, in one product over all steps.
    let inner = cell == .gru ? results[1] : results[0]
    let starts = outputs[visible]
    let flat = inner.reshaped([inner.shape[0] * inner.shape[1], inner.shape[2]])
    let rows = starts.reshaped([flat.shape[0], starts.shape[2]])
    var answer: [Tensor?] = [results[0]] + results.suffix(cell.states)
    answer.append(context.needed[kernelInput] ? rows.matmul(flat, transposeSelf: true) : nil)
    if inputs.count > kernelInput + 1 { answer.append(flat.sum(axes: [0])) }
    return answer
  }

  package func decomposition(_ inputs: [Tensor]) -> [Tensor]? {
    let states = Array(inputs[1..<kernelInput])
    let kernel = inputs[kernelInput]
    let bias = inputs.count > kernelInput + 1 ? inputs[kernelInput + 1] : nil
    let (last, collected) = Tensor.scan(states, over: [inputs[0]], reverse: reverse) { carry, entries, _ in
      let product = carry[0].matmul(kernel)
      let (next, gates) = step(entries[0], bias.map { product + $0 } ?? product, carry)
      return (next, next + gates)
    }
    let starts = before(collected[0], states[0])
    return [collected[0]] + last + [starts] + collected.dropFirst()
  }

  /// The next states, and the gates that the gradient reads, from the inputs' part and the product with the state.
  private func step(_ x: Tensor, _ product: Tensor, _ states: [Tensor]) -> (states: [Tensor], gates: [Tensor]) {
    let h = states[0]
    let units = h.shape.last
    switch cell {
    case .tanh: return ([(x + product).tanh()], [])
    case .relu: return ([(x + product).relu()], [])
    case .lstm:
      let net = (x + product).split([units, units, units, units], axis: -1)
      let (i, f, g, o) = (net[0].sigmoid(), net[1].sigmoid(), net[2].tanh(), net[3].sigmoid())
      let c = f * states[1] + i * g
      return ([o * c.tanh(), c], [Tensor.concatenate([i, f, g, o], axis: -1)])
    case .gru:
      let (own, inner) = (x.split([units, units, units], axis: -1), product.split([units, units, units], axis: -1))
      let (z, r) = ((own[0] + inner[0]).sigmoid(), (own[1] + inner[1]).sigmoid())
      let n = (own[2] + r * inner[2]).tanh()
      return ([z * h + (1 - z) * n], [Tensor.concatenate([z, r, n, inner[2]], axis: -1)])
    }
  }

  /// What a state was before each step, from what it was after each and at first.
  fileprivate func before(_ after: Tensor, _ first: Tensor) -> Tensor {
    let (start, length) = (first.expandingDimension(at: 0), after.shape[0])
    guard length > 0 else { return after }
    return reverse
      ? .concatenate([after.slice(axis: 0, 1..<length), start], axis: 0)
      : .concatenate([start, after.slice(axis: 0, 0..<length - 1)], axis: 0)
  }
}

/// The adjoint of `RecurrentSequence` in x and the first states.
///
/// Inputs: R; what the forward pass saved (LSTM: first c, c, gates; GRU: h before each step, gates; simple: h); the gradients
/// that arrived, of h [time, batch, units], last h and an LSTM's last c. Results: the gradient of x; of a GRU that of the product
/// with the state, biases included; those of the first states.
package struct RecurrentSequenceGradient: Operation {
  package static let name = "recurrent sequence gradient"
  package static let differentiability = Differentiability.throughDecomposition
  package var cell: RecurrentSequence.Cell
  package var reverse: Bool
  /// Which gradients arrived: of h, last h, last c.
  package var arrives: [Bool]
  package init(cell: RecurrentSequence.Cell, reverse: Bool, arrives: [Bool]) {
    self.cell = cell
    self.reverse = reverse
    self.arrives = arrives
  }

  package var label: String { "\(cell.rawValue) sequence gradient" }
  /// Inputs before the gradients.
  package var saved: Int { cell == .lstm ? 4 : cell == .gru ? 3 : 2 }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let kernel = inputs[0]
    let sequence = inputs[cell == .lstm ? 2 : 1]
    guard kernel.shape.rank == 2, sequence.shape.rank == 3, kernel.shape[0] == sequence.shape[2],
      kernel.shape[1] == cell.gates * kernel.shape[0], inputs.count == saved + arrives.filter({ $0 }).count,
      cell == .lstm || cell == .gru
        ? inputs[saved - 1].shape == Shape(sequence.shape.dimensions.dropLast() + [4 * sequence.shape[2]]) : true
    else {
      throw misfit(
        expected: "a recurrent kernel [units, \(cell.gates) · units] and what the layer saved",
        given: "they are \(inputs.map(\.description).joined(separator: ", "))")
    }
    let state = TensorType([sequence.shape[1], sequence.shape[2]], kernel.dtype)
    let given = zip([sequence] + [state, state].prefix(cell.states), arrives).filter(\.1).map(\.0)
    guard Array(inputs[saved...]) == given else {
      throw misfit(
        expected: "gradients \(given.map(\.description).joined(separator: ", "))",
        given: "they are \(inputs[saved...].map(\.description).joined(separator: ", "))")
    }
    let projected = TensorType([sequence.shape[0], sequence.shape[1], kernel.shape[1]], kernel.dtype)
    return (cell == .gru ? [projected, projected] : [projected]) + Array(repeating: state, count: cell.states)
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] { gradientThroughDecomposition(context) }

  package func decomposition(_ inputs: [Tensor]) -> [Tensor]? {
    let kernel = inputs[0]
    let sequence = inputs[cell == .lstm ? 2 : 1]
    let state = TensorType([sequence.shape[1], sequence.shape[2]], kernel.dtype)
    var rest = Array(inputs[saved...])
    let given = arrives.map { $0 ? rest.removeFirst() : nil }
    let forward = RecurrentSequence(cell: cell, reverse: reverse)
    var sequences = Array(inputs[1..<saved])
    if cell == .lstm { sequences[0] = forward.before(inputs[2], inputs[1]) }
    if let dh = given[0] { sequences.append(dh) }
    let first = given.dropFirst().map { $0 ?? Tensor.fill(0, type: state) }
    let (last, collected) = Tensor.scan(first, over: sequences, reverse: !reverse) { carry, entries, _ in
      let dh = given[0] == nil ? carry[0] : carry[0] + entries[entries.count - 1]
      let (dx, inner, passed) = step(dh, carry, entries)
      let toState = inner.matmul(kernel, transposeOther: true)
      let next = cell == .gru ? [toState + passed[0]] : [toState] + passed
      return (next, cell == .gru ? [dx, inner] : [dx])
    }
    return collected + last
  }

  /// The gradients of x and of the product, and what the states before get beside the product's part: a GRU's h, an LSTM's c.
  private func step(_ dh: Tensor, _ carry: [Tensor], _ entries: [Tensor]) -> (Tensor, Tensor, [Tensor]) {
    let units = dh.shape.last
    switch cell {
    case .tanh:
      let dx = dh * (1 - entries[0].squared())
      return (dx, dx, [])
    case .relu:
      let dx = (entries[0] .> 0).select(dh, dh.filled(0))
      return (dx, dx, [])
    case .lstm:
      let gates = entries[2].split([units, units, units, units], axis: -1)
      let (i, f, g, o, t) = (gates[0], gates[1], gates[2], gates[3], entries[1].tanh())
      let dc = carry[1] + dh * o * (1 - t.squared())
      let toI = dc * g * i * (1 - i)
      let toF = dc * entries[0] * f * (1 - f)
      let dx = Tensor.concatenate([toI, toF, dc * i * (1 - g.squared()), dh * t * o * (1 - o)], axis: -1)
      return (dx, dx, [dc * f])
    case .gru:
      let gates = entries[1].split([units, units, units, units], axis: -1)
      let (z, r, n, p) = (gates[0], gates[1], gates[2], gates[3])
      let dz = dh * (entries[0] - n) * z * (1 - z)
      let dn = dh * (1 - z) * (1 - n.squared())
      let dr = dn * p * r * (1 - r)
      return (
        Tensor.concatenate([dz, dr, dn], axis: -1), Tensor.concatenate([dz, dr, dn * r], axis: -1), [dh * z]
      )
    }
  }
}

extension Tensor {
  /// A recurrent layer over projected inputs; see `RecurrentSequence`. Results: h of all steps, the last states.
  package static func recurrentSequence(
    _ cell: RecurrentSequence.Cell, _ x: Tensor, states: [Tensor], kernel: Tensor, bias: Tensor? = nil, reverse: Bool
  ) -> (h: Tensor, last: [Tensor]) {
    let inputs = [x] + states + [kernel] + (bias.map { [$0] } ?? [])
    let results = apply(RecurrentSequence(cell: cell, reverse: reverse), inputs)
    guard results.count > cell.states else { return (results[0], states) }
    return (results[0], Array(results[1...cell.states]))
  }
}
