/// Attention in several heads of which groups share keys and values.
///
/// With one group for each head this is `MultiHeadAttention`, with one group for all it is multi-query attention.
/// Shapes: `[query, value]` or `[query, value, key]` of `[batch, time, features]` → `[batch, queries, features]`.
/// `query/kernel` `[features, numQueryHeads, headDim]`, `key/kernel` and `value/kernel` `[features, numKeyValueHeads,
/// headDim]`, `attention_output/kernel` `[numQueryHeads, headDim, features]`, biases alike.
/// Errors: query heads that the number of key heads does not divide.
/// Source: Ainslie et al., arXiv:2305.13245.
/// Example: `GroupQueryAttention(headDim: 64, numQueryHeads: 8, numKeyValueHeads: 2)(x, x)`
public struct GroupQueryAttention: HeadedAttention {
  /// Features of queries, keys and values in each head.
  public var headDim: Int
  /// The number of heads of the query.
  public var numQueryHeads: Int
  /// The number of heads of keys and values; it divides that of the query.
  public var numKeyValueHeads: Int
  /// The fraction of the weights that is dropped while training.
  public var dropout: Double
  /// Whether projections have a bias.
  public var useBias: Bool
  /// Queries see keys nearer than that many places; nil for all.
  public var slidingWindow: Int?
  /// Whether the heads' results are multiplied by a learned sigmoid gate of the query.
  @Defaulted<Off> public var useGate: Bool
  /// How the kernels get their first values.
  public var kernelInitializer: Initializer
  /// How the biases get their first values.
  public var biasInitializer: Initializer
  /// A penalty on each kernel, added to the loss while training.
  public var kernelRegularizer: Regularizer?
  /// A penalty on each bias, added to the loss while training.
  public var biasRegularizer: Regularizer?
  /// What the kernels must be after each update.
  public var kernelConstraint: Constraint?
  /// What the biases must be after each update.
  public var biasConstraint: Constraint?
  /// A penalty on the results of each projection, added to the loss while training.
  public var activityRegularizer: Regularizer?
  /// Whether query i sees keys 0 … i alone; an argument of the call in Keras.
  @Defaulted<Off> public var useCausalMask: Bool
  /// Whether `call` gives the weights after the result; an argument of the call in Keras.
  @Defaulted<Off> public var returnAttentionScores: Bool
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    headDim: Int, numQueryHeads: Int, numKeyValueHeads: Int, dropout: Double = 0, useBias: Bool = true,
    slidingWindow: Int? = nil, useGate: Bool = false, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil, biasConstraint: Constraint? = nil,
    useCausalMask: Bool = false, returnAttentionScores: Bool = false,
    name: String? = nil
  ) {
    self.headDim = headDim
    self.numQueryHeads = numQueryHeads
    self.numKeyValueHeads = numKeyValueHeads
    self.dropout = dropout
    self.useBias = useBias
    self.slidingWindow = slidingWindow
    self.useGate = useGate
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = kernelRegularizer
    self.biasRegularizer = biasRegularizer
    self.kernelConstraint = kernelConstraint
    self.biasConstraint = biasConstraint
    self.activityRegularizer = activityRegularizer
    self.useCausalMask = useCausalMask
    self.returnAttentionScores = returnAttentionScores
    self.name = LayerName(name)
  }

  func mixed(
    _ query: Tensor, _ value: Tensor, _ key: Tensor, mask: Tensor?, keyHasMask: Bool
  ) throws -> (output: Tensor, scores: Tensor) {
    try demandPositive("headDim", headDim)
    try demandPositive("numQueryHeads", numQueryHeads)
    try demandPositive("numKeyValueHeads", numKeyValueHeads)
    try demand(
      numQueryHeads % numKeyValueHeads == 0, expected: "numQueryHeads divisible by numKeyValueHeads",
      given: "they are \(numQueryHeads) and \(numKeyValueHeads)")
    try demandAxes(query, "batch, time, features", count: 3)
    let q = projected(query, "query", heads: numQueryHeads, size: headDim)
    let k = projected(key, "key", heads: numKeyValueHeads, size: headDim)
    let gate = useGate ? projected(query, "gate", heads: numQueryHeads, size: headDim).sigmoid() : nil
    let v = projected(value, "value", heads: numKeyValueHeads, size: headDim)
    if let poisoned = [q, k, v].first(where: \.shape.isPoisoned) { return (poisoned, poisoned) }
    let condition = conditions(
      query, value, key, given: mask, keyHasMask: keyHasMask, queries: query.shape[1], keys: key.shape[1])
    let (joint, weights) = try heads(
      q, repeated(k), repeated(v), size: headDim, mask: condition, hidesBlind: false)
    let output = dense(
      gate.map { joint * $0 } ?? joint, "attention_output", from: [numQueryHeads, headDim], to: [query.shape.last])
    return (query.scope.penalizing(output, activityRegularizer), weights)
  }

  /// Each head of keys or values for all query heads of its group.
  private func repeated(_ x: Tensor) -> Tensor {
    let group = numQueryHeads / numKeyValueHeads
    guard group > 1 else { return x }
    let (batch, time) = (x.shape[0], x.shape[1])
    return x.expandingDimension(at: 3).broadcast(to: [batch, time, numKeyValueHeads, group, headDim])
      .reshaped([batch, time, numQueryHeads, headDim])
  }
}
