/// An embedding that also goes back: from vectors to scores of all indices, with the same table or another one.
///
/// Called like any layer it embeds; `scores` gives x Eᵀ, as language models want at their end. Wrap it in `Shared` to do
/// both in one model.
/// Shapes: indices `[batch, …]` → `[batch, …, outputDim]`; back `[batch, …, outputDim]` → `[batch, …, inputDim]`;
/// `embeddings` `[inputDim, outputDim]`, `reverse_embeddings` `[outputDim, inputDim]` unless weights are tied.
/// Source: Press and Wolf, arXiv:1608.05859.
/// Example: `let table = ReversibleEmbedding(inputDim: 1000, outputDim: 64)`
public struct ReversibleEmbedding: FlexibleLayer {
  /// Rows of the table: indices are 0 ..< `inputDim`.
  public var inputDim: Int
  /// Length of each vector.
  public var outputDim: Int
  /// Whether the way back has the same table.
  public var tieWeights: Bool
  /// How the tables get their first values.
  public var embeddingsInitializer: Initializer
  /// A penalty on the table, added to the loss while training.
  public var embeddingsRegularizer: Regularizer?
  /// Whether index 0 stands for padding: the result's mask leaves these places out.
  @Defaulted<Off> public var maskZero: Bool
  /// A bound c of the scores, c tanh(s / c); nil for none.
  public var logitSoftCap: Double?
  /// Whether `call` goes back; an argument of the call in Keras.
  @Defaulted<Off> public var reverse: Bool
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    inputDim: Int, outputDim: Int, tieWeights: Bool = true,
    embeddingsInitializer: Initializer = .randomUniform(lower: -0.05, upper: 0.05),
    embeddingsRegularizer: Regularizer? = nil, maskZero: Bool = false, logitSoftCap: Double? = nil,
    reverse: Bool = false, name: String? = nil
  ) {
    self.inputDim = inputDim
    self.outputDim = outputDim
    self.tieWeights = tieWeights
    self.embeddingsInitializer = embeddingsInitializer
    self.embeddingsRegularizer = embeddingsRegularizer
    self.maskZero = maskZero
    self.logitSoftCap = logitSoftCap
    self.reverse = reverse
    self.name = LayerName(name)
  }

  public static var callArguments: [String] { ["reverse"] }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandPositive("inputDim", inputDim)
    try demandPositive("outputDim", outputDim)
    let scope = input.scope
    let table = scope.parameter(
      "embeddings", [inputDim, outputDim], embeddingsInitializer, regularizer: embeddingsRegularizer)
    let back = tieWeights ? nil : scope.parameter("reverse_embeddings", [outputDim, inputDim], embeddingsInitializer)
    guard reverse else {
      let isIndex = input.dtype == .int32 || input.dtype == .int64
      let output = table.gathered(isIndex ? input : input.cast(to: .int32))
      if maskZero { scope.setMask(input .!= 0, of: output) }
      return output
    }
    let scores = back.map { input.matmul($0) } ?? input.matmul(table, transposeOther: true)
    return logitSoftCap.map { (scores * (1 / $0)).tanh() * $0 } ?? scores
  }

  public func forward(all inputs: [Tensor], named: [String: Tensor]) throws -> [Tensor] { [try forward(inputs[0])] }

  /// The layer of the way back, with the same weights where it is called in the same place.
  public var reversed: ReversibleEmbedding {
    var other = self
    other.reverse.toggle()
    return other
  }
}
