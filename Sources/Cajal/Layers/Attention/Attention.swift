/// Dot-product attention (Luong's): softmax(q kᵀ) v.
///
/// Places that the values' mask leaves out get no weight; results where the query's mask does are 0.
/// Shapes: `[query, value]` or `[query, value, key]` of `[batch, queries, features]`, `[batch, keys, size]`, `[batch, keys,
/// features]` → `[batch, queries, size]`; `scale` and `concat_score_weight` are scalars.
/// Source: Luong, Pham and Manning, arXiv:1508.04025.
/// Example: `Attention()(query, value)`
public struct Attention: ScoredAttention {
  /// How queries and keys are compared.
  public enum ScoreMode: String, Hashable, Sendable, Codable {
    /// q · k
    case dot
    /// w Σ tanh(q + k)
    case concat
  }

  /// Whether scores are multiplied by a learned scalar.
  public var useScale: Bool
  /// How queries and keys are compared.
  public var scoreMode: ScoreMode
  /// The fraction of the weights that is dropped while training.
  public var dropout: Double
  /// Whether query i sees keys 0 … i alone; an argument of the call in Keras.
  @Defaulted<Off> public var useCausalMask: Bool
  /// Whether `call` gives the weights after the result; an argument of the call in Keras.
  @Defaulted<Off> public var returnAttentionScores: Bool
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    useScale: Bool = false, scoreMode: ScoreMode = .dot, dropout: Double = 0, useCausalMask: Bool = false,
    returnAttentionScores: Bool = false, name: String? = nil
  ) {
    self.useScale = useScale
    self.scoreMode = scoreMode
    self.dropout = dropout
    self.useCausalMask = useCausalMask
    self.returnAttentionScores = returnAttentionScores
    self.name = LayerName(name)
  }

  func scores(_ query: Tensor, _ key: Tensor) throws -> Tensor {
    let scale = useScale ? query.scope.parameter("scale", [], .ones) : nil
    switch scoreMode {
    case .dot:
      let scores = query.matmul(key, transposeOther: true)
      return scale.map { scores * $0 } ?? scores
    case .concat:
      let weight = query.scope.parameter("concat_score_weight", [], .ones)
      let sums = query.expandingDimension(at: 2) + key.expandingDimension(at: 1)
      return weight * (scale.map { sums * $0 } ?? sums).tanh().sum(axes: [-1])
    }
  }
}
