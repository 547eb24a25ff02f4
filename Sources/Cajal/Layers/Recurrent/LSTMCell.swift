/// One step of `LSTM`: c ← σ(f) c + σ(i) φ(c̃), h ← σ(o) φ(c), with i, f, c̃, o the parts of x K + h R + b.
///
/// Shapes: `[x, h, c]` of `[batch, features]` and twice `[batch, units]` → `[h, h, c]`; `kernel` `[features, 4 units]`,
/// `recurrent_kernel` `[units, 4 units]`, `bias` `[4 units]`.
/// Example: `RNN(LSTMCell(32))`
public struct LSTMCell: GatedCell {
  static let gates = 4

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
  /// Whether the bias of the forget gate begins at 1, where the initializer is a constant one.
  public var unitForgetBias: Bool
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
    _ units: Int, activation: ActivationFunction = .tanh, recurrentActivation: ActivationFunction = .sigmoid,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal(), biasInitializer: Initializer = .zeros,
    unitForgetBias: Bool = true, kernelRegularizer: Regularizer? = nil, recurrentRegularizer: Regularizer? = nil,
    biasRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil, recurrentConstraint: Constraint? = nil,
    biasConstraint: Constraint? = nil, dropout: Double = 0, recurrentDropout: Double = 0, name: String? = nil
  ) {
    self.units = units
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.recurrentInitializer = recurrentInitializer
    self.biasInitializer = biasInitializer
    self.unitForgetBias = unitForgetBias
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

  public var stateSize: [Int] { [units, units] }
  var biasShape: Shape { [4 * units] }
  var firstBias: Initializer {
    unitForgetBias ? biasInitializer.forgettingLittle(units: units, gates: 4) : biasInitializer
  }

  public func forward(_ inputs: [Tensor]) throws -> [Tensor] {
    try demandInputs(inputs, exactly: 3)
    let weights = try weights(for: inputs[0])
    let net = weights.projected(inputs[0], bias: weights.bias) + weights.product(inputs[1])
    let next = SequenceCore.lstmStep(net, inputs[2], activation, recurrentActivation)
    return [next[0]] + next
  }

  func sequence(_ x: Tensor, _ states: [Tensor], _ recurrence: Recurrence) throws -> SequenceResult {
    let weights = try weights(for: x)
    return try SequenceCore.lstm(
      weights.projected(x, bias: weights.bias), states, weights.product, activation, recurrentActivation, recurrence)
  }
}
