/// How a cell goes over time: direction, mask, and what is kept. All recurrent layers step through here.
struct Recurrence {
  /// Which steps count, `bool` [time, batch]; nil for all. At others the states stay as they are.
  var mask: Tensor?
  /// Whether time runs from the end; each output stays at the place of its input.
  var reverse = false
  /// Whether the output of a step that does not count is 0; else it is the output before.
  var zeroOutputForMask = false
  /// Whether the outputs of all steps are wanted.
  var collects = true

  /// Steps over sequences [time, batch, …]; `output` is the shape of one step's output.
  func run(
    _ states: [Tensor], over sequences: [Tensor], output: Shape,
    _ step: ([Tensor], [Tensor]) throws -> (output: Tensor, states: [Tensor])
  ) throws -> SequenceResult {
    guard let mask else {
      var outputIsState = false
      let (last, outputs) = try Tensor.scan(states, over: sequences, reverse: reverse) { carry, entries, _ in
        let next = try step(entries, carry)
        outputIsState = next.output.key == next.states.first?.key
        return (next.states, collects || !outputIsState ? [next.output] : [])
      }
      let lastOutput = outputIsState ? last[0] : atEnd(outputs[0])
      return SequenceResult(outputs: collects ? outputs[0] : nil, last: lastOutput, states: last)
    }
    let before = Tensor.zeros(output, dtype: sequences[0].dtype)
    let (carry, outputs) = try Tensor.scan(states + [before], over: sequences + [mask], reverse: reverse) {
      carry, entries, _ in
      let old = Array(carry.dropLast())
      let counts = entries[entries.count - 1]
      let next = try step(Array(entries.dropLast()), old)
      let kept = zip(next.states, old).map { counts.asCondition(of: $0).select($0, $1) }
      let otherwise = zeroOutputForMask ? next.output.filled(0) : carry[carry.count - 1]
      let output = counts.asCondition(of: next.output).select(next.output, otherwise)
      return (kept + [output], collects ? [output] : [])
    }
    return SequenceResult(
      outputs: collects ? outputs[0] : nil, last: carry[carry.count - 1], states: Array(carry.dropLast()))
  }

  private func atEnd(_ outputs: Tensor) -> Tensor { outputs[reverse ? 0 : -1] }
}
