// Layers of several tensors: what they have in common.
extension Layer where Input == [Tensor] {
  /// Applies the layer to tensors one after another: `Add()(x, shortcut)`.
  public func callAsFunction(_ first: Tensor, _ others: Tensor...) -> Output { self([first] + others) }
}

extension Layer where Input == [Tensor], Output == Tensor {
  /// Combines the inputs two by two from the first on; sizes of 1 stretch.
  func folding(_ inputs: [Tensor], _ combine: (Tensor, Tensor) -> Tensor) throws -> Tensor {
    try demandInputs(inputs)
    return marked(inputs.dropFirst().reduce(inputs[0], combine), inputs)
  }

  /// The result with its mask: a place counts where it counts in any input.
  func marked(_ output: Tensor, _ inputs: [Tensor]) -> Tensor {
    if let mask = either(inputs.map(\.mask)) { output.scope.setMask(mask, of: output) }
    return output
  }

  /// A place counts where it counts in any input; every input must have a mask.
  private func either(_ masks: [Tensor?]) -> Tensor? {
    let known = masks.compactMap { $0 }
    guard known.count == masks.count, let first = known.first else { return nil }
    return known.dropFirst().reduce(first) { $0.or($1) }
  }

  /// As `folding`, where a place that does not count takes the other inputs' value: minimum and maximum have no neutral one.
  func foldingWhatCounts(_ inputs: [Tensor], _ combine: (Tensor, Tensor) -> Tensor) throws -> Tensor {
    try demandInputs(inputs)
    guard inputs.contains(where: { $0.mask != nil }) else { return try folding(inputs, combine) }
    var (output, known) = (inputs[0], inputs[0].mask)
    for input in inputs.dropFirst() {
      let entering = input.mask.map { $0.asCondition(of: input).select(input, output) } ?? input
      let kept = known.map { $0.asCondition(of: output).select(output, entering) } ?? output
      known = either([known, input.mask])
      output = combine(kept, entering)
    }
    if let known { output.scope.setMask(known, of: output) }
    return output
  }
}

extension Layer where Input == [Tensor] {
  func demandInputs(_ inputs: [Tensor], exactly count: Int? = nil) throws {
    try demand(
      count.map { inputs.count == $0 } ?? !inputs.isEmpty,
      expected: count.map { "\($0) inputs" } ?? "at least one input", given: "there are \(inputs.count)")
  }
}

extension Tensor {
  /// This mask with axes of size 1 behind it, as a condition over the elements of a tensor.
  func asCondition(of tensor: Tensor) -> Tensor {
    let ones = Array(repeating: 1, count: Swift.max(tensor.rank - rank, 0))
    return reshaped(Shape(shape.dimensions + ones)).broadcast(to: tensor.shape)
  }
}
