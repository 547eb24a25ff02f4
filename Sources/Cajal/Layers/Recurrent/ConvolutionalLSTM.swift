/// What `ConvLSTM1D`, `ConvLSTM2D` and `ConvLSTM3D` have in common.
protocol ConvolutionalLSTM: RecurrentLayer {
  static var spatialAxes: Int { get }
  var filters: Int { get }
  var kernelSize: [Int] { get }
  var strides: [Int] { get }
  var padding: Padding { get }
  var dilationRate: [Int] { get }
  var activation: ActivationFunction { get }
  var recurrentActivation: ActivationFunction { get }
  var useBias: Bool { get }
  var kernelInitializer: Initializer { get }
  var recurrentInitializer: Initializer { get }
  var biasInitializer: Initializer { get }
  var unitForgetBias: Bool { get }
  var kernelRegularizer: Regularizer? { get }
  var recurrentRegularizer: Regularizer? { get }
  var biasRegularizer: Regularizer? { get }
  var kernelConstraint: Constraint? { get }
  var recurrentConstraint: Constraint? { get }
  var biasConstraint: Constraint? { get }
  var dropout: Double { get }
  var recurrentDropout: Double { get }
}

extension ConvolutionalLSTM {
  public static var cellName: String? { "conv_lstm_cell" }

  /// The cell that is stepped.
  public var cell: any RecurrentCell {
    ConvLSTMCell(
      spatialAxes: Self.spatialAxes, filters: filters, kernelSize: kernelSize, strides: strides, padding: padding,
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
