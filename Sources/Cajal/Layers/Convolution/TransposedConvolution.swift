/// ``Conv1DTranspose``, ``Conv2DTranspose`` and ``Conv3DTranspose``: see there.
public struct TransposedConvolution<Axes: SpatialAxes>: Layer {
  public static var className: String { "Conv\(Axes.count)DTranspose" }

  /// Channels of the result, at least 1.
  public var filters: Int
  /// Places of the window along each spatial axis.
  public var kernelSize: [Int]
  /// How far the window moves along each spatial axis.
  public var strides: [Int]
  /// What lies around the input when the window moves over it.
  public var padding: Padding
  /// Places added at the end of each spatial axis of the result; `nil` works them out.
  public var outputPadding: [Int]?
  /// Distance of neighbouring places of the window along each spatial axis.
  public var dilationRate: [Int]
  /// The function of the results, such as `.relu`.
  public var activation: ActivationFunction
  /// Whether a bias is added to the results.
  public var useBias: Bool
  /// How the kernel gets its first values.
  public var kernelInitializer: Initializer
  /// How the bias gets its first values.
  public var biasInitializer: Initializer
  /// A penalty on the kernel, added to the loss while training.
  public var kernelRegularizer: Regularizer?
  /// What the kernel must be after each update.
  public var kernelConstraint: Constraint?
  /// What the bias must be after each update.
  public var biasConstraint: Constraint?
  /// A penalty on the bias, added to the loss while training.
  public var biasRegularizer: Regularizer?
  /// A penalty on the results, added to the loss while training.
  public var activityRegularizer: Regularizer?
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    _ filters: Int, kernelSize: some SpatialSize, strides: some SpatialSize = 1, padding: Padding = .valid,
    outputPadding: [Int]? = nil, dilationRate: some SpatialSize = 1, activation: ActivationFunction = .linear,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil,
    kernelConstraint: Constraint? = nil, biasConstraint: Constraint? = nil, name: String? = nil
  ) {
    self.filters = filters
    self.kernelSize = kernelSize.sizes(axes: Axes.count)
    self.strides = strides.sizes(axes: Axes.count)
    self.padding = padding
    self.outputPadding = outputPadding
    self.dilationRate = dilationRate.sizes(axes: Axes.count)
    self.activation = activation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = kernelRegularizer
    self.biasRegularizer = biasRegularizer
    self.activityRegularizer = activityRegularizer
    self.kernelConstraint = kernelConstraint
    self.biasConstraint = biasConstraint
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    let axes = Axes.count
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
