/// LSTM over sequences of series: the products of the gates are convolutions, the state is a map of places.
///
/// Shapes: x `[batch, time, length, channels]` → `[batch, length′, filters]`, with `time` after the batch
/// for `returnSequences`; `kernel` `[length, channels, 4 filters]`, `recurrent_kernel` `[length,
/// filters, 4 filters]`, `bias` `[4 filters]`, in the order i, f, c, o. States: h, c.
/// Source: Shi et al., arXiv:1506.04214.
/// Example: `ConvLSTM1D(16, kernelSize: 3, padding: .same, returnSequences: true)`
public struct ConvLSTM1D: ConvolutionalLSTM {
  static let spatialAxes = 1

  /// Channels of the state and of the output, at least 1.
  public var filters: Int
  /// Places of the window along each spatial axis.
  public var kernelSize: [Int]
  /// How far the window moves over the inputs along each spatial axis.
  public var strides: [Int]
  /// What lies around the inputs when the window moves over them; the state has `.same`.
  public var padding: Padding
  /// Distance of neighbouring places of the window over the inputs.
  public var dilationRate: [Int]
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
  /// A penalty on the results, added to the loss while training.
  public var activityRegularizer: Regularizer?
  /// The fraction of the inputs that is dropped while training, the same ones at all steps.
  public var dropout: Double
  /// The fraction of the state that is dropped in products while training, the same at all steps.
  public var recurrentDropout: Double
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
    _ filters: Int, kernelSize: some SpatialSize, strides: some SpatialSize = 1, padding: Padding = .valid,
    dilationRate: some SpatialSize = 1, activation: ActivationFunction = .tanh,
    recurrentActivation: ActivationFunction = .sigmoid, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, recurrentInitializer: Initializer = .orthogonal(),
    biasInitializer: Initializer = .zeros, unitForgetBias: Bool = true, kernelRegularizer: Regularizer? = nil,
    recurrentRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil,
    recurrentConstraint: Constraint? = nil, biasConstraint: Constraint? = nil, dropout: Double = 0,
    recurrentDropout: Double = 0,
    returnSequences: Bool = false, returnState: Bool = false, goBackwards: Bool = false, stateful: Bool = false,
    unroll: Bool = false, zeroOutputForMask: Bool = false, name: String? = nil
  ) {
    self.filters = filters
    self.kernelSize = kernelSize.sizes(axes: 1)
    self.strides = strides.sizes(axes: 1)
    self.padding = padding
    self.dilationRate = dilationRate.sizes(axes: 1)
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
    self.activityRegularizer = activityRegularizer
    self.dropout = dropout
    self.recurrentDropout = recurrentDropout
    self.returnSequences = returnSequences
    self.returnState = returnState
    self.goBackwards = goBackwards
    self.stateful = stateful
    self.unroll = unroll
    self.zeroOutputForMask = zeroOutputForMask
    self.name = LayerName(name)
  }
}
