/// Additive attention (Bahdanau's): softmax(Σ s tanh(q + k)) v.
///
/// Masks as in `Attention`.
/// Shapes: `[query, value]` or `[query, value, key]` of `[batch, queries, features]`, `[batch, keys, size]`, `[batch, keys,
/// features]` → `[batch, queries, size]`; `scale` `[features]`.
/// Source: Bahdanau, Cho and Bengio, arXiv:1409.0473.
/// Example: `AdditiveAttention()(query, value)`
public struct AdditiveAttention: ScoredAttention {
  /// Whether each feature has a learned weight s in the score; else it is 1.
  public var useScale: Bool
  /// The fraction of the weights that is dropped while training.
  public var dropout: Double
  /// Whether query i sees keys 0 … i alone; an argument of the call in Keras.
  @Defaulted<Off> public var useCausalMask: Bool
  /// Whether `call` gives the weights after the result; an argument of the call in Keras.
  @Defaulted<Off> public var returnAttentionScores: Bool
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    useScale: Bool = true, dropout: Double = 0, useCausalMask: Bool = false, returnAttentionScores: Bool = false,
    name: String? = nil
  ) {
    self.useScale = useScale
    self.dropout = dropout
    self.useCausalMask = useCausalMask
    self.returnAttentionScores = returnAttentionScores
    self.name = LayerName(name)
  }

  func scores(_ query: Tensor, _ key: Tensor) throws -> Tensor {
    let scale = useScale ? query.scope.parameter("scale", [query.shape.last], .glorotUniform) : nil
    let sums = (query.expandingDimension(at: 2) + key.expandingDimension(at: 1)).tanh()
    return (scale.map { sums * $0 } ?? sums).sum(axes: [-1])
  }
}
