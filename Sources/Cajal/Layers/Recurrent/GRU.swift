/// Gated recurrent unit: h ← z h + (1 - z) φ(x K + r (h R + b′)) with update gate z and reset gate r.
///
/// Without `resetAfter` the reset gate comes before the product: φ(x K + (r h) R).
/// Shapes: x `[batch, time, features]` → `[batch, units]`, or `[batch, time, units]` with `returnSequences`; `kernel`
/// `[features, 3 units]`, `recurrent_kernel` `[units, 3 units]` in the order z, r, h; `bias` `[2, 3 units]` (of the
/// input, of the state), or `[3 units]` without `resetAfter`.
/// Source: Cho et al., arXiv:1406.1078.
/// Example: `GRU(64, returnSequences: true)`
public struct GRU: RecurrentLayer {
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
  /// A penalty on the results, added to the loss while training.
  public var activityRegularizer: Regularizer?
  /// The fraction of the inputs that is dropped while training, the same ones at all steps.
  public var dropout: Double
  /// The fraction of the state that is dropped in products while training, the same at all steps.
  public var recurrentDropout: Double
  /// Whether the reset gate comes after the product with the state, as in the later version of the paper.
  public var resetAfter: Bool
  /// Whether the result is the output of every step or of the last one.
  public var returnSequences: Bool
  /// Whether `call` gives the last states after the output.
  public var returnState: Bool
  /// Whether time runs from the end.
  public var goBackwards: Bool
  /// Whether a batch goes on from the states at the end of the batch before; see `Model.resetState`.
  public var stateful: Bool
  /// Read from and written to files; steps are always compiled as a loop.
  @Defaulted<Off> public var unroll: Bool
  /// Whether the output is 0 at steps that the mask leaves out; else it is the output before.
  @Defaulted<Off> public var zeroOutputForMask: Bool
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    _ units: Int, activation: ActivationFunction = .tanh, recurrentActivation: ActivationFunction = .sigmoid,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal(), biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, recurrentRegularizer: Regularizer? = nil,
    biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil,
    recurrentConstraint: Constraint? = nil, biasConstraint: Constraint? = nil, dropout: Double = 0,
    recurrentDropout: Double = 0, resetAfter: Bool = true, returnSequences: Bool = false, returnState: Bool = false,
    goBackwards: Bool = false, stateful: Bool = false, unroll: Bool = false, zeroOutputForMask: Bool = false,
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
    self.activityRegularizer = activityRegularizer
    self.dropout = dropout
    self.recurrentDropout = recurrentDropout
    self.resetAfter = resetAfter
    self.returnSequences = returnSequences
    self.returnState = returnState
    self.goBackwards = goBackwards
    self.stateful = stateful
    self.unroll = unroll
    self.zeroOutputForMask = zeroOutputForMask
    self.name = LayerName(name)
  }

  public static var cellName: String? { "gru_cell" }

  /// The cell that is stepped.
  public var cell: any RecurrentCell {
    GRUCell(
      units, activation: activation, recurrentActivation: recurrentActivation, useBias: useBias,
      kernelInitializer: kernelInitializer, recurrentInitializer: recurrentInitializer,
      biasInitializer: biasInitializer, kernelRegularizer: kernelRegularizer,
      recurrentRegularizer: recurrentRegularizer, biasRegularizer: biasRegularizer, kernelConstraint: kernelConstraint,
      recurrentConstraint: recurrentConstraint, biasConstraint: biasConstraint, dropout: dropout,
      recurrentDropout: recurrentDropout, resetAfter: resetAfter)
  }
}
