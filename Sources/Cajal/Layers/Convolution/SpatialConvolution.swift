/// What `Conv1D`, `Conv2D` and `Conv3D` have in common.
protocol SpatialConvolution: Layer where Input == Tensor, Output == Tensor {
  static var spatialAxes: Int { get }
  var filters: Int { get }
  var kernelSize: [Int] { get }
  var strides: [Int] { get }
  var padding: Padding { get }
  var dilationRate: [Int] { get }
  var groups: Int { get }
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

extension SpatialConvolution {
  func convolve(_ input: Tensor) throws -> Tensor {
    try demandPositive("filters", filters)
    try demandPositive("groups", groups)
    try demandSizes("kernelSize", kernelSize, axes: Self.spatialAxes)
    try demandImage(input, spatialAxes: Self.spatialAxes)
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
