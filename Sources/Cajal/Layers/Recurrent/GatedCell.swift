/// What `SimpleRNNCell`, `LSTMCell` and `GRUCell` have in common: kernels of one column block for each gate, and dropout.
protocol GatedCell: SequenceCell {
  static var gates: Int { get }
  var units: Int { get }
  var useBias: Bool { get }
  var kernelInitializer: Initializer { get }
  var recurrentInitializer: Initializer { get }
  var kernelRegularizer: Regularizer? { get }
  var recurrentRegularizer: Regularizer? { get }
  var biasRegularizer: Regularizer? { get }
  var kernelConstraint: Constraint? { get }
  var recurrentConstraint: Constraint? { get }
  var biasConstraint: Constraint? { get }
  var dropout: Double { get }
  var recurrentDropout: Double { get }
  var biasShape: Shape { get }
  var firstBias: Initializer { get }
}

/// What a gated cell needs for its steps.
struct GatedWeights {
  var kernel: Tensor
  var product: RecurrentProduct
  var bias: Tensor?
  /// Masks of the input's dropout: none, one for all gates, or one for each.
  var inputMasks: [Tensor]

  /// x K + b, gates side by side; `bias` is the part of the bias that belongs to the input.
  func projected(_ x: Tensor, bias: Tensor?) -> Tensor {
    if let table = projectedTable(x, bias: bias) { return table }
    let net: Tensor
    if inputMasks.isEmpty, x.rank == 3, let bias, !x.shape.isPoisoned {
      // As one matrix, so that the bias goes into the product, and its gradient into the kernel's.
      let rows = x.reshaped([x.shape[0] * x.shape[1], x.shape.last])
      return (rows.matmul(kernel) + bias).reshaped([x.shape[0], x.shape[1], kernel.shape.last])
    }
    if inputMasks.count > 1 {
      let units = kernel.shape.last / inputMasks.count
      let kernels = kernel.split(inputMasks.map { _ in units }, axis: 1)
      net = Tensor.concatenate(zip(inputMasks, kernels).map { (x * $0).matmul($1) }, axis: -1)
    } else {
      net = (inputMasks.first.map { x * $0 } ?? x).matmul(kernel)
    }
    return bias.map { net + $0 } ?? net
  }

  /// x K + b for x that are rows of a much smaller table, as an embedding of characters gives them: the table is projected
  /// once, and the rows are picked from that.
  private func projectedTable(_ x: Tensor, bias: Tensor?) -> Tensor? {
    guard inputMasks.isEmpty, let swap = x.node.operation as? Transpose, swap.permutation == [1, 0, 2],
      let picked = x.node.inputs.first, let gather = picked.node.operation as? Gather, gather.axis == 0, !gather.perRow
    else { return nil }
    let (table, indices) = (picked.node.inputs[0], picked.node.inputs[1])
    guard table.rank == 2, indices.rank == 2, 4 * table.shape[0] <= indices.count else { return nil }
    let net = table.matmul(kernel)
    return (bias.map { net + $0 } ?? net).gathered(indices.transposed([1, 0]))
  }
}

extension GatedCell {
  /// Parameters in Keras's order, and the masks of this call; x is [batch, features] or [time, batch, features].
  func weights(for x: Tensor) throws -> GatedWeights {
    try demandPositive("units", units)
    try demandRate("dropout", dropout)
    try demandRate("recurrentDropout", recurrentDropout)
    try demand(
      x.rank == 2 || x.rank == 3, .shape, expected: "an input [batch, features] in each step",
      given: "it is \(Shape(Array(x.shape.dimensions.dropFirst(x.rank > 3 ? 1 : 0))))")
    let (scope, features, batch) = (x.scope, x.shape.last, x.shape[-2])
    let columns = Self.gates * units
    let kernel = scope.parameter(
      "kernel", [features, columns], kernelInitializer, regularizer: kernelRegularizer, constraint: kernelConstraint)
    let recurrent = scope.parameter(
      "recurrent_kernel", [units, columns], recurrentInitializer, regularizer: recurrentRegularizer,
      constraint: recurrentConstraint)
    let bias =
      useBias
      ? scope.parameter("bias", biasShape, firstBias, regularizer: biasRegularizer, constraint: biasConstraint) : nil
    // As in Keras: with dropout of the state each gate draws for itself, else all gates share the input's draw.
    let inputMasks = scope.dropoutMasks(
      dropout, [batch, features], count: recurrentDropout > 0 ? Self.gates : 1)
    let masks = scope.dropoutMasks(recurrentDropout, [batch, units], count: Self.gates)
    return GatedWeights(
      kernel: kernel, product: RecurrentProduct(kernel: recurrent, masks: masks), bias: bias, inputMasks: inputMasks)
  }
}

extension Scope {
  /// Factors of dropout that stay the same over time; none in inference.
  func dropoutMasks(_ rate: Double, _ shape: Shape, count: Int) -> [Tensor] {
    guard isTraining, rate > 0 else { return [] }
    guard rate < 1 else { return (0..<count).map { _ in Tensor.zeros(shape) } }
    return (0..<count).map { _ in bernoulli(shape, probability: 1 - rate) * (1 / (1 - rate)) }
  }
}

extension Initializer {
  /// A bias whose second gate of `gates` begins at 1; initializers other than constants stay as they are.
  func forgettingLittle(units: Int, gates: Int) -> Initializer {
    let value: Float
    switch self {
    case .zeros: value = 0
    case .ones: value = 1
    case .constant(let constant): value = constant
    default: return self
    }
    guard units > 0, units <= 1 << 20 else { return self }
    return .values((0..<gates * units).map { $0 / units == 1 ? 1 : value })
  }
}
