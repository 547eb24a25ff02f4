/// Attention in several heads: each projects queries, keys and values, softmax(q kᵀ / √keyDim) v, and all are mixed.
///
/// Masks of the inputs say which places count; the result has the query's.
/// Shapes: `[query, value]` or `[query, value, key]` of `[batch, time, features]` → `[batch, queries, features]`, or with
/// the sizes of `outputShape` last. `query/kernel`, `key/kernel` `[features, numHeads, keyDim]`, `value/kernel` `[features,
/// numHeads, valueDim]`, `attention_output/kernel` `[numHeads, valueDim, features]`, biases alike.
/// Source: Vaswani et al., arXiv:1706.03762.
/// Example: `MultiHeadAttention(numHeads: 8, keyDim: 64, useCausalMask: true)(x, x)`
public struct MultiHeadAttention: HeadedAttention {
  /// The number of heads, at least 1.
  public var numHeads: Int
  /// Features of queries and keys in each head.
  public var keyDim: Int
  /// Features of values in each head; `keyDim` unless given.
  public var valueDim: Int
  /// The fraction of the weights that is dropped while training.
  public var dropout: Double
  /// Whether projections have a bias.
  public var useBias: Bool
  /// Sizes of the result behind its places; the query's features by default.
  public var outputShape: [Int]?
  /// The axes that attention runs over; all but the batch and the features by default.
  public var attentionAxes: [Int]?
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
    numHeads: Int, keyDim: Int, valueDim: Int? = nil, dropout: Double = 0, useBias: Bool = true,
    outputShape: [Int]? = nil, attentionAxes: [Int]? = nil, slidingWindow: Int? = nil, useGate: Bool = false,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil,
    kernelConstraint: Constraint? = nil, biasConstraint: Constraint? = nil,
    useCausalMask: Bool = false, returnAttentionScores: Bool = false, name: String? = nil
  ) {
    self.numHeads = numHeads
    self.keyDim = keyDim
    self.valueDim = valueDim ?? keyDim
    self.dropout = dropout
    self.useBias = useBias
    self.outputShape = outputShape
    self.attentionAxes = attentionAxes
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
    try demandPositive("numHeads", numHeads)
    try demandPositive("keyDim", keyDim)
    try demandPositive("valueDim", valueDim)
    let q = projected(query, "query", heads: numHeads, size: keyDim)
    let k = projected(key, "key", heads: numHeads, size: keyDim)
    let gate = useGate ? projected(query, "gate", heads: numHeads, size: valueDim).sigmoid() : nil
    let v = projected(value, "value", heads: numHeads, size: valueDim)
    if let poisoned = [q, k, v].first(where: \.shape.isPoisoned) { return (poisoned, poisoned) }

    // The axes that attention runs over become one, all others join the batch.
    let places = query.rank - 2
    let axes = try (attentionAxes ?? Array(1...places)).map { axis in
      // As in Keras, an axis from the end counts the heads' axis too.
      let index = axis < 0 ? axis + query.rank : axis
      try demand((1...places).contains(index), expected: "attention axes from 1 to \(places)", given: "one is \(axis)")
      return index
    }
    let others = (1...places).filter { !axes.contains($0) }
    func sizes(_ x: Tensor, _ axes: [Int]) -> [Int] { axes.map { x.shape[$0] } }
    func flat(_ x: Tensor) -> Tensor {
      let order = [0] + others + axes + [x.rank - 2, x.rank - 1]
      let batch = ([0] + others).reduce(1) { $0 * x.shape[$1] }
      return x.transposed(order).reshaped([batch, -1, x.shape[-2], x.shape[-1]])
    }
    let (queries, keys) = (sizes(query, axes).reduce(1, *), sizes(key, axes).reduce(1, *))
    let batch = [query.shape[0]] + sizes(query, others)
    let given = mask.map { mask in
      axes.count == 1 && others.isEmpty || mask.rank < query.rank
        ? mask : mask.broadcast(to: Shape(batch + sizes(query, axes) + sizes(key, axes))).reshaped([-1, queries, keys])
    }
    let condition = conditions(
      query, value, key, given: given, keyHasMask: keyHasMask, queries: queries, keys: keys)
    let (joint, weights) = try heads(
      flat(q), flat(k), flat(v), size: keyDim, mask: condition, hidesBlind: query.rank > 3)

    let order = [0] + others + axes
    let apart = joint.reshaped(Shape(order.map { query.shape[$0] } + [numHeads, valueDim]))
    var back = Array(repeating: 0, count: apart.rank)
    for (place, axis) in (order + [apart.rank - 2, apart.rank - 1]).enumerated() { back[axis] = place }
    var joined = apart.transposed(back)
    if let gate { joined = joined * gate }
    let last = outputShape ?? [query.shape.last]
    let output = dense(joined, "attention_output", from: [numHeads, valueDim], to: last)
    guard !output.shape.isPoisoned else { return (output, weights) }
    let shape = Shape(query.shape.dimensions.dropLast() + last)
    return (
      query.scope.penalizing(output.reshaped(shape), activityRegularizer),
      weights.reshaped(Shape(batch + [numHeads] + sizes(query, axes) + sizes(key, axes)))
    )
  }
}
