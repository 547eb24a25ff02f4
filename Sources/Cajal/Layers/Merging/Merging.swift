// Layers of several tensors: what they have in common.
extension Layer where Input == [Tensor] {
  /// Applies the layer to tensors one after another: `Add()(x, shortcut)`.
  public func callAsFunction(_ first: Tensor, _ others: Tensor...) -> Output { self([first] + others) }
}

extension Layer where Input == [Tensor], Output == Tensor {
  /// Combines the inputs two by two from the first on; sizes of 1 stretch.
  func folding(_ inputs: [Tensor], _ combine: (Tensor, Tensor) -> Tensor) throws -> Tensor {
    try demandInputs(inputs)
    return inputs.dropFirst().reduce(inputs[0], combine)
  }

  func demandInputs(_ inputs: [Tensor], exactly count: Int? = nil) throws {
    try demand(
      count.map { inputs.count == $0 } ?? !inputs.isEmpty,
      expected: count.map { "\($0) inputs" } ?? "at least one input", given: "there are \(inputs.count)")
  }
}
