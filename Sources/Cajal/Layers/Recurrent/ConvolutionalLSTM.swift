/// ``ConvLSTM1D``, ``ConvLSTM2D`` and ``ConvLSTM3D``: see there.
public struct ConvolutionalLSTM<Axes: SpatialAxes>: RecurrentLayer {
  public static var className: String { "ConvLSTM\(Axes.count)D" }

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
    self.kernelSize = kernelSize.sizes(axes: Axes.count)
    self.strides = strides.sizes(axes: Axes.count)
    self.padding = padding
    self.dilationRate = dilationRate.sizes(axes: Axes.count)
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

extension ConvolutionalLSTM {
  public static var cellName: String? { "conv_lstm_cell" }

  /// The cell that is stepped.
  public var cell: any RecurrentCell {
    ConvLSTMCell(
      spatialAxes: Axes.count, filters: filters, kernelSize: kernelSize, strides: strides, padding: padding,
      dilationRate: dilationRate, activation: activation, recurrentActivation: recurrentActivation, useBias: useBias,
      kernelInitializer: kernelInitializer, recurrentInitializer: recurrentInitializer,
      firstBias: unitForgetBias ? biasInitializer.forgettingLittle(units: filters, gates: 4) : biasInitializer,
      kernelRegularizer: kernelRegularizer, recurrentRegularizer: recurrentRegularizer,
      biasRegularizer: biasRegularizer, kernelConstraint: kernelConstraint, recurrentConstraint: recurrentConstraint,
      biasConstraint: biasConstraint, dropout: dropout, recurrentDropout: recurrentDropout)
  }
}

/// One step of a convolutional LSTM: the gates of `LSTM` with convolutions for products.
struct ConvLSTMCell: SequenceCell {
  var spatialAxes: Int
  var filters: Int
  var kernelSize: [Int]
  var strides: [Int]
  var padding: Padding
  var dilationRate: [Int]
  var activation: ActivationFunction
  var recurrentActivation: ActivationFunction
  var useBias: Bool
  var kernelInitializer: Initializer
  var recurrentInitializer: Initializer
  var firstBias: Initializer
  var kernelRegularizer: Regularizer?
  var recurrentRegularizer: Regularizer?
  var biasRegularizer: Regularizer?
  var kernelConstraint: Constraint?
  var recurrentConstraint: Constraint?
  var biasConstraint: Constraint?
  var dropout: Double
  var recurrentDropout: Double
  var name = LayerName()

  var stateSize: [Int] { [filters, filters] }

  func stateShapes(for entry: Shape) throws -> [Shape] {
    try demandPositive("filters", filters)
    try demandSizes("kernelSize", kernelSize, axes: spatialAxes)
    try demandSizes("strides", strides, axes: spatialAxes)
    try demandSizes("dilationRate", dilationRate, axes: spatialAxes)
    try demand(
      entry.rank == spatialAxes + 2, .shape, expected: "an input [batch, time, \(spatialAxes) spatial axes, channels]",
      given: "a step is \(entry)")
    let spatial = Array(entry.dimensions.dropFirst().prefix(spatialAxes))
    let reach = zip(kernelSize, dilationRate).map { ($0 - 1) * $1 + 1 }
    let (low, high) = try paddings(spatial, reach: reach, strides: strides, padding)
    let sizes = spatial.indices.map { axis in
      (spatial[axis] + low[axis] + high[axis] - reach[axis]) / strides[axis] + 1
    }
    let state = Shape([entry[0]] + sizes + [filters])
    return [state, state]
  }

  func forward(_ inputs: [Tensor]) throws -> [Tensor] {
    let result = try sequence(
      inputs[0].expandingDimension(at: 0), Array(inputs.dropFirst()), Recurrence(collects: false))
    return [result.last] + result.states
  }

  func sequence(_ x: Tensor, _ states: [Tensor], _ recurrence: Recurrence) throws -> SequenceResult {
    try demandRate("dropout", dropout)
    try demandRate("recurrentDropout", recurrentDropout)
    let scope = x.scope
    let kernel = scope.parameter(
      "kernel", Shape(kernelSize + [x.shape.last, 4 * filters]), kernelInitializer, regularizer: kernelRegularizer,
      constraint: kernelConstraint)
    let recurrent = scope.parameter(
      "recurrent_kernel", Shape(kernelSize + [filters, 4 * filters]), recurrentInitializer,
      regularizer: recurrentRegularizer, constraint: recurrentConstraint)
    let bias =
      useBias
      ? scope.parameter("bias", [4 * filters], firstBias, regularizer: biasRegularizer, constraint: biasConstraint)
      : nil

    let entry = Shape(Array(x.shape.dimensions.dropFirst()))
    let inputMasks = scope.dropoutMasks(dropout, entry, count: 4)
    let stateMasks = scope.dropoutMasks(recurrentDropout, states[0].shape, count: 4)
    let flat = x.reshaped(Shape([x.shape[0] * x.shape[1]] + x.shape.dimensions.dropFirst(2)))
    let inputWindow = try window(
      over: flat, size: kernelSize, strides: strides, padding: padding, dilationRate: dilationRate)
    let ones = [Int](repeating: 1, count: spatialAxes)
    let stateWindow = try window(over: states[0], size: kernelSize, strides: ones, padding: .same)

    // All steps of the input in one convolution; with dropout one for each gate.
    var net = gates(inputMasks, kernel) { mask, kernel in
      (mask.map { (x * $0).reshaped(flat.shape) } ?? flat).convolved(kernel, window: inputWindow)
    }
    if let bias { net = net + bias }
    let projected = net.reshaped(Shape([x.shape[0], x.shape[1]] + net.shape.dimensions.dropFirst()))
    return try recurrence.run(states, over: [projected], output: states[0].shape) { entries, state in
      let product = gates(stateMasks, recurrent) { mask, kernel in
        (mask.map { state[0] * $0 } ?? state[0]).convolved(kernel, window: stateWindow)
      }
      let next = SequenceCore.lstmStep(entries[0] + product, state[1], activation, recurrentActivation)
      return (next[0], next)
    }
  }

  /// One convolution for all gates, or one for each gate with its own mask.
  private func gates(_ masks: [Tensor], _ kernel: Tensor, _ convolve: (Tensor?, Tensor) -> Tensor) -> Tensor {
    guard !masks.isEmpty else { return convolve(nil, kernel) }
    let kernels = kernel.split(masks.map { _ in filters }, axis: -1)
    return Tensor.concatenate(zip(masks, kernels).map { convolve($0, $1) }, axis: -1)
  }
}
