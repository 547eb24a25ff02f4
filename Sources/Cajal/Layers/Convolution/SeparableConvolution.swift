/// ``SeparableConv1D`` and ``SeparableConv2D``: see there.
public struct SeparableConvolution<Axes: SpatialAxes>: Layer {
  public static var className: String { "SeparableConv\(Axes.count)D" }

  /// Channels of the result, at least 1.
  public var filters: Int
  /// Places of the window along each spatial axis.
  public var kernelSize: [Int]
  /// How far the window moves along each spatial axis.
  public var strides: [Int]
  /// What lies around the input when the window moves over it.
  public var padding: Padding
  /// Distance of neighbouring places of the window along each spatial axis.
  public var dilationRate: [Int]
  /// Channels of the depthwise result for each channel of the input.
  public var depthMultiplier: Int
  /// The function of the results, such as `.relu`.
  public var activation: ActivationFunction
  /// Whether a bias is added to the results.
  public var useBias: Bool
  /// How the depthwise kernel gets its first values.
  public var depthwiseInitializer: Initializer
  /// How the pointwise kernel gets its first values.
  public var pointwiseInitializer: Initializer
  /// How the bias gets its first values.
  public var biasInitializer: Initializer
  /// A penalty on the depthwise kernel, added to the loss while training.
  public var depthwiseRegularizer: Regularizer?
  /// What the depthwise kernel must be after each update.
  public var depthwiseConstraint: Constraint?
  /// What the pointwise kernel must be after each update.
  public var pointwiseConstraint: Constraint?
  /// What the bias must be after each update.
  public var biasConstraint: Constraint?
  /// A penalty on the pointwise kernel, added to the loss while training.
  public var pointwiseRegularizer: Regularizer?
  /// A penalty on the bias, added to the loss while training.
  public var biasRegularizer: Regularizer?
  /// A penalty on the results, added to the loss while training.
  public var activityRegularizer: Regularizer?
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    _ filters: Int, kernelSize: some SpatialSize, strides: some SpatialSize = 1, padding: Padding = .valid,
    dilationRate: some SpatialSize = 1, depthMultiplier: Int = 1, activation: ActivationFunction = .linear,
    useBias: Bool = true, depthwiseInitializer: Initializer = .glorotUniform,
    pointwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    depthwiseRegularizer: Regularizer? = nil, pointwiseRegularizer: Regularizer? = nil,
    biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil,
    depthwiseConstraint: Constraint? = nil, pointwiseConstraint: Constraint? = nil, biasConstraint: Constraint? = nil,
    name: String? = nil
  ) {
    self.filters = filters
    self.kernelSize = kernelSize.sizes(axes: Axes.count)
    self.strides = strides.sizes(axes: Axes.count)
    self.padding = padding
    self.dilationRate = dilationRate.sizes(axes: Axes.count)
    self.depthMultiplier = depthMultiplier
    self.activation = activation
    self.useBias = useBias
    self.depthwiseInitializer = depthwiseInitializer
    self.pointwiseInitializer = pointwiseInitializer
    self.biasInitializer = biasInitializer
    self.depthwiseRegularizer = depthwiseRegularizer
    self.pointwiseRegularizer = pointwiseRegularizer
    self.biasRegularizer = biasRegularizer
    self.activityRegularizer = activityRegularizer
    self.depthwiseConstraint = depthwiseConstraint
    self.pointwiseConstraint = pointwiseConstraint
    self.biasConstraint = biasConstraint
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandPositive("filters", filters)
    try demandDepthwise(input, kernelSize, depthMultiplier, spatialAxes: Axes.count)
    let scope = input.scope
    let channels = input.shape.last
    let depthwise = scope.parameter(
      "depthwise_kernel", Shape(kernelSize + [channels, depthMultiplier]), depthwiseInitializer,
      regularizer: depthwiseRegularizer, constraint: depthwiseConstraint)
    let ones = [Int](repeating: 1, count: Axes.count)
    let pointwise = scope.parameter(
      "pointwise_kernel", Shape(ones + [channels * depthMultiplier, filters]), pointwiseInitializer,
      regularizer: pointwiseRegularizer, constraint: pointwiseConstraint)
    let (input, window) = try surrounded(
      input, size: kernelSize, strides: strides, padding: padding, dilationRate: dilationRate)
    let none = [Int](repeating: 0, count: Axes.count)
    let single = Window(strides: ones, paddingLow: none, paddingHigh: none, dilations: ones)
    var output = input.convolvedDepthwise(depthwise, window: window).convolved(pointwise, window: single)
    if useBias {
      output =
        output
        + scope.parameter("bias", [filters], biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint)
    }
    return scope.penalizing(activation(output), activityRegularizer)
  }
}
