/// A subgraph stepped over time: (carry, xₜ, t) → (carry, yₜ).
///
/// Inputs: carries, sequences [length, …], captures. The body's parameters are carries, one entry of each sequence,
/// the iteration t (int64 scalar), captures; its results are carries, then what is collected.
/// Results: last carries, collected [length, …], and each carry as it was at the start of every step [length, …], which
/// the gradient needs. With `reverse` time runs from the end; position t of every sequence still belongs to position t.
/// The gradient is a scan in the other direction that computes each step's inside again.
package struct Scan: Operation {
  package static let name = "scan"
  package let body: Subgraph
  package var carries: Int
  package var sequences: Int
  package var length: Int
  package var reverse: Bool
  package init(body: Subgraph, carries: Int, sequences: Int, length: Int, reverse: Bool) {
    self.body = body
    self.carries = carries
    self.sequences = sequences
    self.length = length
    self.reverse = reverse
  }

  private var collected: Int { body.results.count - carries }

  package static func == (a: Self, b: Self) -> Bool {
    a.body === b.body && a.length == b.length && a.reverse == b.reverse
  }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(body)) }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    for index in 0..<carries {
      guard inputs[index] == body.results[index].type else {
        throw misfit(
          expected: "carry \(index) to keep its type \(inputs[index])",
          given: "a step makes it \(body.results[index].type)")
      }
    }
    for sequence in inputs[carries..<(carries + sequences)]
    where sequence.shape.rank == 0 || sequence.shape[0] != length {
      throw misfit(expected: "sequences of \(length) steps along axis 0", given: "one is \(sequence)")
    }
    func overTime(_ type: TensorType) -> TensorType { TensorType(Shape([length] + type.shape.dimensions), type.dtype) }
    let outputs = body.results[carries...].map { overTime($0.type) }
    return Array(inputs[..<carries]) + outputs + inputs[..<carries].map(overTime)
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let inputs = context.inputs
    let starts = Array(context.outputs[(carries + collected)...])
    let sequenceInputs = Array(inputs[carries..<(carries + sequences)])
    let captures = Array(inputs[(carries + sequences)...])
    let trace = body.parameters.first?.node.trace
    func stand(_ label: String, _ type: TensorType) -> Tensor { Tensor.placeholder(label, type, trace: trace) }
    func entry(_ type: TensorType) -> TensorType {
      TensorType(Shape(Array(type.shape.dimensions.dropFirst())), type.dtype)
    }

    // Carries of the backward loop: gradients of the carries, sums of the gradients of the captures.
    let floatingCaptures = captures.indices.filter { captures[$0].dtype.isFloating }
    let floatingSequences = sequenceInputs.indices.filter { sequenceInputs[$0].dtype.isFloating }
    let dCarry = inputs[..<carries].map { stand("carry gradient", $0.type) }
    let dCapture = floatingCaptures.map { stand("capture gradient", captures[$0].type) }
    let start = starts.map { stand("start", entry($0.type)) }
    let x = sequenceInputs.map { stand("sequence", entry($0.type)) }
    let dOutputs = context.outputs[carries..<(carries + collected)].enumerated().map { index, output in
      context.gradients[carries + index] ?? output.filled(0)
    }
    let dStarts = starts.enumerated().map { index, output in
      context.gradients[carries + collected + index] ?? output.filled(0)
    }
    let dOutput = dOutputs.map { stand("output gradient", entry($0.type)) }
    let dStart = dStarts.map { stand("start gradient", entry($0.type)) }
    let iteration = stand("iteration", TensorType([], .int64))
    let captured = captures.map { stand("capture", $0.type) }

    let again = body(start + x + [iteration] + captured)
    let seeds = dCarry + dOutput
    let differentiable = zip(again, seeds).filter { $0.0.dtype.isFloating }
    let wanted = start + floatingSequences.map { x[$0] } + floatingCaptures.map { captured[$0] }
    let gradients = CajalGraph.gradient(
      of: differentiable.map(\.0), seeds: differentiable.map(\.1), with: wanted, independent: true)
    let toCarry = zip(gradients[..<carries], dStart).map { $0 + $1 }
    let toSequence = Array(gradients[carries..<(carries + floatingSequences.count)])
    let toCapture = zip(dCapture, gradients[(carries + floatingSequences.count)...]).map { $0 + $1 }

    let loopCarries = dCarry + dCapture
    let loopSequences = start + x + dOutput + dStart
    let backwardBody = Subgraph(
      parameters: loopCarries + loopSequences + [iteration] + captured, results: toCarry + toCapture + toSequence)
    let backward = Scan(
      body: backwardBody, carries: loopCarries.count, sequences: loopSequences.count, length: length, reverse: !reverse)
    let firstCarry = (0..<carries).map { context.gradients[$0] ?? inputs[$0].filled(0) }
    let results = Tensor.apply(
      backward,
      firstCarry + floatingCaptures.map { captures[$0].filled(0) } + starts + sequenceInputs + dOutputs + dStarts
        + captures)

    var answer = [Tensor?](repeating: nil, count: inputs.count)
    for index in 0..<carries where inputs[index].dtype.isFloating { answer[index] = results[index] }
    for (place, index) in floatingSequences.enumerated() {
      answer[carries + index] = results[loopCarries.count + place]
    }
    for (place, index) in floatingCaptures.enumerated() {
      answer[carries + sequences + index] = results[carries + place]
    }
    return answer
  }
}

extension Tensor {
  /// Steps a function over time: `body(carry, xₜ, t)` returns the next carry and what to collect.
  ///
  /// Shapes: sequences [length, …]; the collected tensors come back as [length, …]. Whatever `body` uses from outside is
  /// captured; what does not depend on its arguments is computed once, before the loop. Differentiable to any order.
  ///
  /// Example: running sums: `Tensor.scan([.zeros([3])], over: [x]) { c, x, _ in ([c[0] + x[0]], [c[0] + x[0]]) }`
  public static func scan(
    _ initial: [Tensor], over sequences: [Tensor], length: Int? = nil, reverse: Bool = false,
    _ body: (_ carry: [Tensor], _ entries: [Tensor], _ iteration: Tensor) throws -> (carry: [Tensor], outputs: [Tensor])
  ) rethrows -> (carry: [Tensor], outputs: [Tensor]) {
    let trace = (initial + sequences).lazy.compactMap(\.node.trace).first
    let steps = length ?? sequences.first?.shape[0] ?? 0
    func stand(_ label: String, _ type: TensorType) -> Tensor { placeholder(label, type, trace: trace) }
    let carry = initial.map { stand("carry", $0.type) }
    let entries = sequences.map { stand("entry", TensorType(Shape(Array($0.shape.dimensions.dropFirst())), $0.dtype)) }
    let iteration = stand("iteration", TensorType([], .int64))
    let results = try body(carry, entries, iteration)
    let (subgraph, captures) = closure(of: results.carry + results.outputs, over: carry + entries + [iteration])
    let scan = Scan(body: subgraph, carries: carry.count, sequences: entries.count, length: steps, reverse: reverse)
    let outputs = apply(scan, initial + sequences + captures)
    guard outputs.count >= results.carry.count + results.outputs.count, !outputs[0].shape.isPoisoned else {
      return (results.carry, results.outputs)
    }
    return (Array(outputs[..<carry.count]), Array(outputs[carry.count..<(carry.count + results.outputs.count)]))
  }
}
