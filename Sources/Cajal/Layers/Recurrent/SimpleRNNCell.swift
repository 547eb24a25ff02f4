/// One step of `SimpleRNN`: h ← φ(x K + h R + b).
///
/// Shapes: `[x, h]` of `[batch, features]` and `[batch, units]` → `[h, h]`; `kernel` `[features, units]`,
/// `recurrent_kernel` `[units, units]`, `bias` `[units]`.
/// Example: `RNN(SimpleRNNCell(32))`
public struct SimpleRNNCell: GatedCell {
  static let gates = 1

  /// Size of the state and of the output, at least 1.
  public var units: Int
  /// The function φ of the candidate.
  public var activation: ActivationFunction
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
  public var name: LayerName

  /// Describes the cell; each option is the property of that name.
  public init(
    _ units: Int, activation: ActivationFunction = .tanh, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, recurrentInitializer: Initializer = .orthogonal(),
    biasInitializer: Initializer = .zeros, kernelRegularizer: Regularizer? = nil,
    recurrentRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil,
    recurrentConstraint: Constraint? = nil, biasConstraint: Constraint? = nil, dropout: Double = 0,
    recurrentDropout: Double = 0, name: String? = nil
  ) {
    self.units = units
    self.activation = activation
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
    self.name = LayerName(name)
  }

  public var stateSize: [Int] { [units] }
  var biasShape: Shape { [units] }
  var firstBias: Initializer { biasInitializer }

  public func forward(_ inputs: [Tensor]) throws -> [Tensor] {
    try demandInputs(inputs, exactly: 2)
    let weights = try weights(for: inputs[0])
    let net = weights.projected(inputs[0], bias: weights.bias)
    let h = SequenceCore.simpleStep(net, inputs[1], weights.product, activation)
    return [h, h]
  }

  func sequence(_ x: Tensor, _ states: [Tensor], _ recurrence: Recurrence) throws -> SequenceResult {
    let weights = try weights(for: x)
    return try SequenceCore.simple(
      weights.projected(x, bias: weights.bias), states, weights.product, activation, recurrence)
  }
}
