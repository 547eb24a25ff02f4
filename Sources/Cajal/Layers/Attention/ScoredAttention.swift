/// What `Attention` and `AdditiveAttention` have in common: scores of keys for queries, weights, weighted values.
protocol ScoredAttention: AttentionLayer {
  var dropout: Double { get }
  /// [batch, queries, keys] for [batch, queries, features] and [batch, keys, features].
  func scores(_ query: Tensor, _ key: Tensor) throws -> Tensor
}

extension ScoredAttention {
  public func weighted(_ inputs: [Tensor], attentionMask: Tensor?) throws -> (output: Tensor, scores: Tensor) {
    let (query, value, key) = try parts(inputs)
    try demandAxes(query, "batch, time, features", count: 3)
    try demand(
      query.shape[2] == key.shape[2], .shape, expected: "as many features of queries as of keys",
      given: "they are \(query.shape) and \(key.shape)")
    let causal = useCausalMask ? AttentionMask.causal(queries: query.shape[1], keys: key.shape[1]) : nil
    let mask = AttentionMask.joined([
      attentionMask?.asConditions, value.mask?.expandingDimension(at: 1), causal,
    ])
    var (output, weights) = try attended(try scores(query, key), value, mask: mask, dropout: dropout)
    if let own = query.mask {
      output = own.asCondition(of: output).select(output, output.filled(0))
      output.scope.setMask(own, of: output)
    }
    return (output, weights)
  }
}
