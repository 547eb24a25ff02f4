/// What recurrent layers have in common: a cell stepped over sequences `[batch, time, …]`.
///
/// Called like any layer they give the output: that of the last step, or of all steps with `returnSequences`.
/// `withState` takes first states and gives the last ones too.
public protocol RecurrentLayer: FlexibleLayer where Input == Tensor, Output == Tensor {
  /// Whether the result is the output of every step, `[batch, time, …]`, or of the last one.
  var returnSequences: Bool { get set }
  /// Whether `call` gives the last states after the output; `withState` always does.
  var returnState: Bool { get set }
  /// Whether time runs from the end; the outputs of all steps come in the order in which they were made.
  var goBackwards: Bool { get set }
  /// Whether a batch goes on from the states at the end of the batch before; see `Model.resetState`.
  var stateful: Bool { get set }
  /// Whether the output is 0 at steps that the mask leaves out; else it is the output before.
  var zeroOutputForMask: Bool { get set }
  /// A penalty on the results, added to the loss while training.
  var activityRegularizer: Regularizer? { get }
  /// The cell that is stepped.
  var cell: any RecurrentCell { get }
  /// The name under which the cell's weights are found, where the layer makes its own cell.
  static var cellName: String? { get }
}

extension RecurrentLayer {
  public static var cellName: String? { nil }
  public var activityRegularizer: Regularizer? { nil }

  public func forward(_ input: Tensor) throws -> Tensor { try run(input).output }

  public func forward(all inputs: [Tensor], named: [String: Tensor]) throws -> [Tensor] {
    let (output, state) = try run(
      inputs[0], initialState: inputs.count > 1 ? Array(inputs.dropFirst()) : nil, mask: named["mask"])
    return returnState ? [output] + state : [output]
  }

  /// The output and the last states, from given first states or from zeros.
  ///
  /// Example: `let (_, state) = encoder.withState(source); let y = decoder.withState(target, initialState: state).output`
  public func withState(
    _ x: Tensor, initialState: [Tensor]? = nil, mask: Tensor? = nil
  ) -> (output: Tensor, state: [Tensor]) {
    let results: [Tensor] = entered([x] + (initialState ?? [])) {
      let (output, state) = try run(x, initialState: initialState, mask: mask)
      return [output] + state
    }
    return (results[0], Array(results.dropFirst()))
  }

  func run(
    _ x: Tensor, initialState: [Tensor]? = nil, mask given: Tensor? = nil
  ) throws -> (output: Tensor, state: [Tensor]) {
    try demand(
      x.rank >= 3 && x.shape[1] >= 1, .shape, expected: "an input [batch, time, …] of at least one step",
      given: "it is \(x.shape)")
    let scope = x.scope
    let shapes = try cell.stateShapes(for: Shape([x.shape[0]] + x.shape.dimensions.dropFirst(2)))
    let carried = stateful ? shapes.enumerated().map { scope.carriedState("state_\($0)", $1, x.dtype) } : []
    let first = initialState ?? (stateful ? carried : shapes.map { Tensor.zeros($0, dtype: x.dtype) })
    try demand(
      first.map(\.shape) == shapes || first.contains(where: \.shape.isPoisoned), .shape,
      expected: "first states of shapes \(shapes.map(\.description).joined(separator: ", "))",
      given: "they are \(first.map(\.shape.description).joined(separator: ", "))")
    let mask = given ?? x.mask
    let recurrence = Recurrence(
      mask: mask.map { ($0.dtype == .bool ? $0 : $0 .!= 0).transposed([1, 0]) }, reverse: goBackwards,
      zeroOutputForMask: zeroOutputForMask, collects: returnSequences)
    let entries = x.timeFirst()
    let result =
      try Self.cellName.map { cellName in
        try scope.trace.descend(into: cellName) { try own(entries, first, recurrence) }
      } ?? cell.run(entries, first, recurrence)
    for (old, new) in zip(carried, result.states) { scope.update(old, to: new) }
    var output = result.last
    if returnSequences, let all = result.outputs {
      output = all.timeFirst()
      if goBackwards { output = output.reversed(axes: [1]) }
      if let mask { scope.setMask(mask, of: output) }
    }
    return (scope.penalizing(output, activityRegularizer), result.states)
  }

  private func own(_ x: Tensor, _ states: [Tensor], _ recurrence: Recurrence) throws -> SequenceResult {
    guard let whole = cell as? any SequenceCell else { return try cell.run(x, states, recurrence) }
    return try whole.sequence(x, states, recurrence)
  }
}

extension Tensor {
  /// The first two axes exchanged: [batch, time, …] to [time, batch, …], and back.
  func timeFirst() -> Tensor { shape.isPoisoned ? self : transposed([1, 0] + Array(2..<Swift.max(rank, 2))) }
}

extension Scope {
  /// A value that goes on from one batch of this size to the next, in prediction too; `update` sets it.
  func carriedState(_ name: String, _ shape: Shape, _ dtype: DType) -> Tensor {
    trace.carried(name, TensorType(shape, dtype))
  }
}

extension Model {
  /// Sets the states of `stateful` layers to zeros, as at the beginning of a new sequence.
  ///
  /// A stateful layer keeps one state for each batch size: sample i of a batch goes on where sample i of the batch before
  /// stopped.
  public func resetState() { lock.withLock { store.resetCarried() } }
}
