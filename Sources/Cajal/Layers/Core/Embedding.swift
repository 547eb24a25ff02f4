/// Turns whole numbers into vectors: row i of a table for each index i.
///
/// Shapes: x `[batch, …]` of indices 0 ..< `inputDim` (integers, or floats that are whole) → `[batch, …, outputDim]`;
/// `embeddings` `[inputDim, outputDim]`. An index outside the table is an error when the program runs.
/// Example: `Embedding(inputDim: 20_000, outputDim: 128)`
public struct Embedding: Layer {
  /// Rows of the table: indices are 0 ..< `inputDim`.
  public var inputDim: Int
  /// Length of each vector.
  public var outputDim: Int
  /// How the table gets its first values.
  public var embeddingsInitializer: Initializer
  /// A penalty on the table, added to the loss while training.
  public var embeddingsRegularizer: Regularizer?
  /// What the table must be after each update.
  public var embeddingsConstraint: Constraint?
  /// Whether index 0 stands for padding: the result's mask leaves these places out.
  @Defaulted<Off> public var maskZero: Bool
  public var name: LayerName

  /// Describes the layer; first values are Keras's `uniform`, ± 0.05, by default.
  public init(
    inputDim: Int, outputDim: Int, embeddingsInitializer: Initializer = .randomUniform(lower: -0.05, upper: 0.05),
    embeddingsRegularizer: Regularizer? = nil, embeddingsConstraint: Constraint? = nil, maskZero: Bool = false,
    name: String? = nil
  ) {
    self.inputDim = inputDim
    self.outputDim = outputDim
    self.embeddingsInitializer = embeddingsInitializer
    self.embeddingsRegularizer = embeddingsRegularizer
    self.embeddingsConstraint = embeddingsConstraint
    self.maskZero = maskZero
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandPositive("inputDim", inputDim)
    try demandPositive("outputDim", outputDim)
    let table = input.scope.parameter(
      "embeddings", [inputDim, outputDim], embeddingsInitializer, regularizer: embeddingsRegularizer,
      constraint: embeddingsConstraint)
    let isIndex = input.dtype == .int32 || input.dtype == .int64
    let output = table.gathered(isIndex ? input : input.cast(to: .int32))
    if maskZero { output.scope.setMask(input .!= 0, of: output) }
    return output
  }
}
