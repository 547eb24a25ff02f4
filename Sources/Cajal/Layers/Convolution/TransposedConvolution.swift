/// What `Conv1DTranspose`, `Conv2DTranspose` and `Conv3DTranspose` have in common.
protocol TransposedConvolution: Layer where Input == Tensor, Output == Tensor {
  static var spatialAxes: Int { get }
  var filters: Int { get }
  var kernelSize: [Int] { get }
  var strides: [Int] { get }
  var padding: Padding { get }
  var outputPadding: [Int]? { get }
  var dilationRate: [Int] { get }
  var activation: ActivationFunction { get }
  var useBias: Bool { get }
  var kernelInitializer: Initializer { get }
  var biasInitializer: Initializer { get }
  var kernelRegularizer: Regularizer? { get }
  var kernelConstraint: Constraint? { get }
  var biasConstraint: Constraint? { get }
  var biasRegularizer: Regularizer? { get }
  var activityRegularizer: Regularizer? { get }
}

extension TransposedConvolution {
  func convolveTransposed(_ input: Tensor) throws -> Tensor {
    let axes = Self.spatialAxes
    try demandPositive("filters", filters)
    try demandSizes("kernelSize", kernelSize, axes: axes)
    try demandSizes("strides", strides, axes: axes)
    try demandSizes("dilationRate", dilationRate, axes: axes)
    try demandImage(input, spatialAxes: axes)
    let (sizes, window) = try enlargement(Array(input.shape.dimensions.dropFirst().prefix(axes)))
    let scope = input.scope
    let kernel = scope.parameter(
      "kernel", Shape(kernelSize + [filters, input.shape.last]), kernelInitializer, regularizer: kernelRegularizer,
      constraint: kernelConstraint)
    var output = input.convolvedTransposed(kernel, window: window, to: Shape([input.shape[0]] + sizes + [filters]))
    if useBias {
      output =
        output
        + scope.parameter("bias", [filters], biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint)
    }
    return scope.penalizing(activation(output), activityRegularizer)
  }

  /// The output's spatial sizes, and the window of the convolution that this one is the adjoint of.
  ///
  /// The output is what a convolution with the same padding would bring back to the input's size; where an output
  /// padding asks for more, the surplus lies at the end and that convolution ignores it.
  private func enlargement(_ spatial: [Int]) throws -> (sizes: [Int], window: Window) {
    let axes = spatial.count
    let extra = outputPadding.map { $0.count == 1 ? Array(repeating: $0[0], count: axes) : $0 }
    try demand(
      extra.map { $0.count == axes && $0.allSatisfy { (0...1 << 24).contains($0) } } ?? true,
      expected: "outputPadding ≥ 0 for \(axes) spatial axes", given: "it is \(extra ?? [])")
    var (sizes, low, high) = ([Int](), [Int](), [Int]())
    for axis in 0..<axes {
      let stride = strides[axis]
      let reach = (kernelSize[axis] - 1) * dilationRate[axis] + 1
      let base = max(spatial[axis] - 1, 0) * stride
      var size = spatial[axis] * stride
      var (before, after) = (0, 0)
      switch padding {
      case .same:
        if let extra { size = base + reach % 2 + extra[axis] }
        let total = max(base + reach - size, 0)
        before = total / 2
        after = total - before
      case .valid:
        size = base + (extra.map { reach + $0[axis] } ?? max(reach, stride))
      case .explicit(let lows, let highs):
        try demand(
          [1, axes].contains(lows.count) && lows.count == highs.count, expected: "padding for \(axes) spatial axes",
          given: "it is \(lows) and \(highs)")
        before = lows[lows.count == 1 ? 0 : axis]
        after = highs[highs.count == 1 ? 0 : axis]
        size = base + reach - before - after + (extra?[axis] ?? 0)
      case .causal, .circular:
        throw CajalError(
          .argument, Self.className, expected: "padding .valid, .same or .explicit", given: "it is \(padding)")
      }
      try demand(
        size > 0 && (size + before + after - reach) / stride + 1 == spatial[axis] && size + before + after >= reach,
        expected: "an output that a convolution brings back to the input's \(spatial[axis]) places",
        given: "the output would have \(size)",
        advice: "Choose an outputPadding below the stride (\(stride)).")
      sizes.append(size)
      low.append(before)
      high.append(after)
    }
    return (sizes, Window(strides: strides, paddingLow: low, paddingHigh: high, dilations: dilationRate))
  }
}
