/// ``DepthwiseConv1D`` and ``DepthwiseConv2D``: see there.
public struct DepthwiseConvolution<Axes: SpatialAxes>: Layer {
  public static var className: String { "DepthwiseConv\(Axes.count)D" }

  /// Places of the window along each spatial axis.
  public var kernelSize: [Int]
  /// How far the window moves along each spatial axis.
  public var strides: [Int]
  /// What lies around the input when the window moves over it.
  public var padding: Padding
  /// Channels of the depthwise result for each channel of the input.
  public var depthMultiplier: Int
  /// Distance of neighbouring places of the window along each spatial axis.
  public var dilationRate: [Int]
  /// The function of the results, such as `.relu`.
  public var activation: ActivationFunction
  /// Whether a bias is added to the results.
  public var useBias: Bool
  /// How the depthwise kernel gets its first values.
  public var depthwiseInitializer: Initializer
  /// How the bias gets its first values.
  public var biasInitializer: Initializer
  /// A penalty on the depthwise kernel, added to the loss while training.
  public var depthwiseRegularizer: Regularizer?
  /// What the depthwise kernel must be after each update.
  public var depthwiseConstraint: Constraint?
  /// What the bias must be after each update.
  public var biasConstraint: Constraint?
  /// A penalty on the bias, added to the loss while training.
  public var biasRegularizer: Regularizer?
  /// A penalty on the results, added to the loss while training.
  public var activityRegularizer: Regularizer?
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    kernelSize: some SpatialSize, strides: some SpatialSize = 1, padding: Padding = .valid, depthMultiplier: Int = 1,
    dilationRate: some SpatialSize = 1, activation: ActivationFunction = .linear, useBias: Bool = true,
    depthwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    depthwiseRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil, depthwiseConstraint: Constraint? = nil, biasConstraint: Constraint? = nil,
    name: String? = nil
  ) {
    self.kernelSize = kernelSize.sizes(axes: Axes.count)
    self.strides = strides.sizes(axes: Axes.count)
    self.padding = padding
    self.depthMultiplier = depthMultiplier
    self.dilationRate = dilationRate.sizes(axes: Axes.count)
    self.activation = activation
    self.useBias = useBias
    self.depthwiseInitializer = depthwiseInitializer
    self.biasInitializer = biasInitializer
    self.depthwiseRegularizer = depthwiseRegularizer
    self.biasRegularizer = biasRegularizer
    self.activityRegularizer = activityRegularizer
    self.depthwiseConstraint = depthwiseConstraint
    self.biasConstraint = biasConstraint
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandDepthwise(input, kernelSize, depthMultiplier, spatialAxes: Axes.count)
    let scope = input.scope
    let kernel = scope.parameter(
      "kernel", Shape(kernelSize + [input.shape.last, depthMultiplier]), depthwiseInitializer,
      regularizer: depthwiseRegularizer, constraint: depthwiseConstraint)
    let (input, window) = try surrounded(
      input, size: kernelSize, strides: strides, padding: padding, dilationRate: dilationRate)
    var output = input.convolvedDepthwise(kernel, window: window)
    if useBias {
      output =
        output
        + scope.parameter(
          "bias", [output.shape.last], biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint)
    }
    return scope.penalizing(activation(output), activityRegularizer)
  }
}

extension Layer {
  func demandDepthwise(_ input: Tensor, _ kernelSize: [Int], _ depthMultiplier: Int, spatialAxes: Int) throws {
    try demandPositive("depthMultiplier", depthMultiplier)
    try demandSizes("kernelSize", kernelSize, axes: spatialAxes)
    try demandImage(input, spatialAxes: spatialAxes)
  }
}

extension Tensor {
  /// Convolution in as many groups as channels, with Keras's depthwise kernel [window…, channels, multiplier].
  func convolvedDepthwise(_ kernel: Tensor, window: Window) -> Tensor {
    guard !kernel.shape.isPoisoned else { return kernel }
    let channels = kernel.shape[-2]
    let size = Array(kernel.shape.dimensions.dropLast(2))
    return convolved(
      kernel.reshaped(Shape(size + [1, channels * kernel.shape.last])), window: window, groups: channels)
  }
}
