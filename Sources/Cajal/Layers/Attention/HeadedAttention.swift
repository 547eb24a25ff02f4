/// What `MultiHeadAttention` and `GroupQueryAttention` have in common: projections and masks.
protocol HeadedAttention: AttentionLayer {
  var dropout: Double { get }
  var useBias: Bool { get }
  var useGate: Bool { get }
  var slidingWindow: Int? { get }
  var kernelInitializer: Initializer { get }
  var biasInitializer: Initializer { get }
  var kernelRegularizer: Regularizer? { get }
  var biasRegularizer: Regularizer? { get }
  var kernelConstraint: Constraint? { get }
  var biasConstraint: Constraint? { get }
  var activityRegularizer: Regularizer? { get }
  func mixed(
    _ query: Tensor, _ value: Tensor, _ key: Tensor, mask: Tensor?, keyHasMask: Bool
  ) throws -> (output: Tensor, scores: Tensor)
}

extension HeadedAttention {
  public func weighted(_ inputs: [Tensor], attentionMask: Tensor?) throws -> (output: Tensor, scores: Tensor) {
    let (query, value, key) = try parts(inputs)
    let (output, scores) = try mixed(
      query, value, key, mask: attentionMask?.asConditions, keyHasMask: inputs.count == 3)
    if let own = query.mask { query.scope.setMask(own, of: output) }
    return (output, scores)
  }

  /// All conditions of a call: the given one, the inputs' masks, causality, the window.
  func conditions(
    _ query: Tensor, _ value: Tensor, _ key: Tensor, given: Tensor?, keyHasMask: Bool, queries: Int, keys: Int
  ) -> Tensor? {
    AttentionMask.joined([
      given, query.mask?.expandingDimension(at: -1), value.mask?.expandingDimension(at: -2),
      keyHasMask ? key.mask?.expandingDimension(at: -2) : nil,
      useCausalMask ? AttentionMask.causal(queries: queries, keys: keys) : nil,
      slidingWindow.map { AttentionMask.band(queries: queries, keys: keys, window: $0) },
    ])
  }

  /// x [batch, time, features] to [batch, time, heads, size], with weights under a name of their own.
  func projected(_ x: Tensor, _ place: String, heads: Int, size: Int) -> Tensor {
    let output = dense(x, place, from: [x.shape.last], to: [heads, size])
    guard !output.shape.isPoisoned else { return output }
    return x.scope.penalizing(
      output.reshaped(Shape(x.shape.dimensions.dropLast() + [heads, size])), activityRegularizer)
  }

  /// The sum over the last axes, whose sizes are `from`; the kernel has the sizes `from` and `to`, the bias `to`.
  func dense(_ x: Tensor, _ place: String, from: [Int], to: [Int]) -> Tensor {
    let scope = x.scope
    return scope.trace.descend(into: place) {
      let (rows, columns) = (from.reduce(1, *), to.reduce(1, *))
      let kernel = scope.parameter(
        "kernel", Shape(from + to), kernelInitializer.scaled(fanIn: rows, fanOut: columns),
        regularizer: kernelRegularizer, constraint: kernelConstraint)
      var y = x.reshaped(Shape(x.shape.dimensions.dropLast(from.count) + [rows]))
        .matmul(kernel.reshaped([rows, columns]))
      if useBias {
        let bias = scope.parameter(
          "bias", Shape(to), biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint)
        y = y + bias.reshaped([columns])
      }
      return y
    }
  }

  /// Attention of queries [batch, queries, heads, size] to keys and values [batch, keys, heads, …].
  func heads(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, size: Int, mask: Tensor?, hidesBlind: Bool
  ) throws -> (output: Tensor, weights: Tensor) {
    let scores =
      (query * (1 / Double(size).squareRoot())).transposed([0, 2, 1, 3])
      .matmul(key.transposed([0, 2, 1, 3]), transposeOther: true)
    let condition = mask.map { $0.rank == 3 ? $0.expandingDimension(at: 1) : $0 }
    let (output, weights) = try attended(
      scores, value.transposed([0, 2, 1, 3]), mask: condition, dropout: dropout,
      hidesBlind: hidesBlind || dropout > 0 || returnAttentionScores)
    return (output.transposed([0, 2, 1, 3]), weights)
  }
}
