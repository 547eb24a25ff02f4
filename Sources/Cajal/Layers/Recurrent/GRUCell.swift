/// One step of `GRU`: h ← z h + (1 - z) φ(x K + r (h R + b′)), with gates z and r.
///
/// Shapes: `[x, h]` of `[batch, features]` and `[batch, units]` → `[h, h]`; `kernel` `[features, 3 units]`,
/// `recurrent_kernel` `[units, 3 units]`, `bias` `[2, 3 units]`, or `[3 units]` without `resetAfter`.
/// Example: `RNN(GRUCell(32))`
public struct GRUCell: GatedCell {
  static let gates = 3

  /// Size of the state and of the output, at least 1.
  public var units: Int
  /// The function φ of the candidate.
  public var activation: ActivationFunction
  /// The function σ of the gates.
  public var recurrentActivation: ActivationFunction
  /// Whether a bias is added.
  public var useBias: Bool
  /// How the kernel of the inputs gets its first values.
  public var kernelInitializer: Initializer
  /// How the kernel of the state gets its first values.
  public var recurrentInitializer: Initializer
  /// How the bias gets its first values.
  public var biasInitializer: Initializer
  /// A penalty on the kernel of the inputs, added to the loss while training.
  public var kernelRegularizer: Regularizer?
  /// A penalty on the kernel of the state, added to the loss while training.
  public var recurrentRegularizer: Regularizer?
  /// A penalty on the bias, added to the loss while training.
  public var biasRegularizer: Regularizer?
  /// What the kernel of the inputs must be after each update.
  public var kernelConstraint: Constraint?
  /// What the kernel of the state must be after each update.
  public var recurrentConstraint: Constraint?
  /// What the bias must be after each update.
  public var biasConstraint: Constraint?
  /// The fraction of the inputs that is dropped while training, the same ones at all steps.
  public var dropout: Double
  /// The fraction of the state that is dropped in products while training, the same at all steps.
  public var recurrentDropout: Double
  /// Whether the reset gate comes after the product with the state, as in the later version of the paper.
  public var resetAfter: Bool
  public var name: LayerName

  /// Describes the cell; each option is the property of that name.
  public init(
    _ units: Int, activation: ActivationFunction = .tanh, recurrentActivation: ActivationFunction = .sigmoid,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal(), biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, recurrentRegularizer: Regularizer? = nil,
    biasRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil, recurrentConstraint: Constraint? = nil,
    biasConstraint: Constraint? = nil, dropout: Double = 0, recurrentDropout: Double = 0, resetAfter: Bool = true,
    name: String? = nil
  ) {
    self.units = units
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.recurrentInitializer = recurrentInitializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = kernelRegularizer
    self.recurrentRegularizer = recurrentRegularizer
    self.biasRegularizer = biasRegularizer
    self.kernelConstraint = kernelConstraint
    self.recurrentConstraint = recurrentConstraint
    self.biasConstraint = biasConstraint
    self.dropout = dropout
    self.recurrentDropout = recurrentDropout
    self.resetAfter = resetAfter
    self.name = LayerName(name)
  }

  public var stateSize: [Int] { [units] }
  var biasShape: Shape { resetAfter ? [2, 3 * units] : [3 * units] }
  var firstBias: Initializer { biasInitializer }

  public func forward(_ inputs: [Tensor]) throws -> [Tensor] {
    try demandInputs(inputs, exactly: 2)
    let weights = try weights(for: inputs[0])
    let (own, ofState) = biases(weights)
    let h = SequenceCore.gruStep(
      weights.projected(inputs[0], bias: own), inputs[1], weights.product, bias: ofState, resetAfter: resetAfter,
      activation, recurrentActivation)
    return [h, h]
  }

  func sequence(_ x: Tensor, _ states: [Tensor], _ recurrence: Recurrence) throws -> SequenceResult {
    let weights = try weights(for: x)
    let (own, ofState) = biases(weights)
    return try SequenceCore.gru(
      weights.projected(x, bias: own), states, weights.product, bias: ofState, resetAfter: resetAfter, activation,
      recurrentActivation, recurrence)
  }

  /// The biases of the input and of the state.
  private func biases(_ weights: GatedWeights) -> (own: Tensor?, ofState: Tensor?) {
    guard let bias = weights.bias, !bias.shape.isPoisoned else { return (weights.bias, nil) }
    return resetAfter ? (bias[0], bias[1]) : (bias, nil)
  }
}
