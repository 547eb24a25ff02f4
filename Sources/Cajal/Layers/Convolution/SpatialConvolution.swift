/// ``Conv1D``, ``Conv2D`` and ``Conv3D``: see there.
public struct SpatialConvolution<Axes: SpatialAxes>: Layer {
  public static var className: String { "Conv\(Axes.count)D" }

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
  /// Parts that the channels are cut into, each with its own kernels.
  public var groups: Int
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
    dilationRate: some SpatialSize = 1, groups: Int = 1, activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil,
    kernelConstraint: Constraint? = nil, biasConstraint: Constraint? = nil, name: String? = nil
  ) {
    self.filters = filters
    self.kernelSize = kernelSize.sizes(axes: Axes.count)
    self.strides = strides.sizes(axes: Axes.count)
    self.padding = padding
    self.dilationRate = dilationRate.sizes(axes: Axes.count)
    self.groups = groups
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
    try demandPositive("filters", filters)
    try demandPositive("groups", groups)
    try demandSizes("kernelSize", kernelSize, axes: Axes.count)
    try demandImage(input, spatialAxes: Axes.count)
    let channels = input.shape.last
    try demand(
      channels % groups == 0 && filters % groups == 0, .shape,
      expected: "input channels and filters divisible by the \(groups) groups",
      given: "there are \(channels) and \(filters)")
    let (input, window) = try surrounded(
      input, size: kernelSize, strides: strides, padding: padding, dilationRate: dilationRate)
    let scope = input.scope
    let kernel = scope.parameter(
      "kernel", Shape(kernelSize + [channels / groups, filters]), kernelInitializer, regularizer: kernelRegularizer,
      constraint: kernelConstraint)
    var output = input.convolved(kernel, window: window, groups: groups)
    if useBias {
      output =
        output
        + scope.parameter("bias", [filters], biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint)
    }
    return scope.penalizing(activation(output), activityRegularizer)
  }
}

extension Layer {
  /// Throws unless the input has a batch, the spatial axes and channels.
  func demandImage(_ input: Tensor, spatialAxes: Int) throws {
    let axes = ["length", "height, width", "depth, height, width"][min(max(spatialAxes, 1), 3) - 1]
    try demandAxes(
      input, "batch, \(axes), channels", count: spatialAxes + 2,
      advice: input.rank == spatialAxes + 1 ? "Add a channels axis of size 1 to the samples." : "")
  }
}
