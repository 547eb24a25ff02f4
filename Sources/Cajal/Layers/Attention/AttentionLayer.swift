/// What attention layers have in common: they take `[query, value]` or `[query, value, key]` and weigh values by keys.
///
/// Called like any layer they give the result; `attend` takes a mask and gives the weights too.
/// Example: `let (y, scores) = MultiHeadAttention(numHeads: 2, keyDim: 16).attend(x, memory, attentionMask: visible)`
public protocol AttentionLayer: FlexibleLayer where Input == [Tensor], Output == Tensor {
  /// Whether query i sees keys 0 … i alone; an argument of the call in Keras.
  var useCausalMask: Bool { get set }
  /// Whether `call` gives the weights after the result; an argument of the call in Keras.
  var returnAttentionScores: Bool { get set }
  /// The result and the weights of the keys; the mask `[batch, queries, keys]` comes on top of those of the inputs.
  func weighted(_ inputs: [Tensor], attentionMask: Tensor?) throws -> (output: Tensor, scores: Tensor)
}

extension AttentionLayer {
  public static var callArguments: [String] { ["useCausalMask", "returnAttentionScores"] }

  public func forward(_ inputs: [Tensor]) throws -> Tensor { try weighted(inputs, attentionMask: nil).output }

  public func forward(all inputs: [Tensor], named: [String: Tensor]) throws -> [Tensor] {
    let all = inputs + ["value", "key"].compactMap { named[$0] }
    let (output, scores) = try weighted(all, attentionMask: named["attention_mask"])
    return returnAttentionScores ? [output, scores] : [output]
  }

  /// The result and the weights of the keys for each query, `[batch, …, queries, keys]`.
  ///
  /// - Parameters:
  ///   - key: The keys; the values by default.
  ///   - attentionMask: Which keys each query sees, `[batch, queries, keys]`, besides the masks of the inputs.
  public func attend(
    _ query: Tensor, _ value: Tensor, key: Tensor? = nil, attentionMask: Tensor? = nil
  ) -> (output: Tensor, scores: Tensor) {
    let inputs = [query, value] + (key.map { [$0] } ?? [])
    let results: [Tensor] = entered(inputs) {
      let (output, scores) = try weighted(inputs, attentionMask: attentionMask)
      return [output, scores]
    }
    return (results[0], results[results.count - 1])
  }

  /// Query, value and key, which must fit one another.
  func parts(_ inputs: [Tensor]) throws -> (query: Tensor, value: Tensor, key: Tensor) {
    try demand(
      inputs.count == 2 || inputs.count == 3, expected: "[query, value] or [query, value, key]",
      given: "there are \(inputs.count) inputs")
    let (query, value, key) = (inputs[0], inputs[1], inputs[inputs.count - 1])
    try demand(
      inputs.allSatisfy { $0.rank == query.rank && $0.rank >= 3 && $0.shape[0] == query.shape[0] }
        && value.shape.dimensions.dropLast() == key.shape.dimensions.dropLast(), .shape,
      expected: "inputs [batch, time, features] with as many values as keys",
      given: "they are \(inputs.map(\.shape.description).joined(separator: ", "))")
    return (query, value, key)
  }
}

extension Tensor {
  /// A given mask as conditions.
  var asConditions: Tensor { dtype == .bool ? self : self .!= 0 }
}
