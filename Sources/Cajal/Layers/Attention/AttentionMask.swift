// Which keys a query may look at, and the softmax over them.

enum AttentionMask {
  /// All conditions that are there, joined; shapes stretch to [batch, queries, keys].
  static func joined(_ conditions: [Tensor?]) -> Tensor? {
    let known = conditions.compactMap { $0 }
    return known.first.map { first in known.dropFirst().reduce(first) { $0.and($1) } }
  }

  /// Query i sees keys 0 … i: [1, queries, keys].
  static func causal(queries: Int, keys: Int) -> Tensor {
    let shape: Shape = [1, queries, keys]
    return Tensor.indices(along: 1, shape: shape) .>= Tensor.indices(along: 2, shape: shape)
  }

  /// Query i sees keys nearer than `window` places: [1, queries, keys].
  static func band(queries: Int, keys: Int, window: Int) -> Tensor {
    let shape: Shape = [1, queries, keys]
    let distance = Tensor.indices(along: 1, shape: shape) - Tensor.indices(along: 2, shape: shape)
    return distance.absolute() .< Double(window)
  }
}

extension Layer {
  /// Weights of the keys for each query, and the weighted sum of the values.
  ///
  /// Shapes: scores […, queries, keys], values […, keys, features]; the mask stretches to the scores. Keys that the mask
  /// leaves out get no weight. A query that sees none looks at all alike, or with `hidesBlind` at nothing; Keras does the
  /// one or the other, depending on the way it computes. The weights come back before their dropout.
  func attended(
    _ scores: Tensor, _ values: Tensor, mask: Tensor?, dropout: Double, hidesBlind: Bool = false
  ) throws -> (output: Tensor, weights: Tensor) {
    let seen = mask?.broadcast(to: scores.shape)
    var weights = (seen.map { $0.select(scores, scores.filled(-1e9)) } ?? scores).softmax()
    if hidesBlind, let seen { weights = seen.select(weights, weights.filled(0)) }
    return (try dropping(weights, dropout, shape: weights.shape).matmul(values), weights)
  }
}
