/// What `SeparableConv1D` and `SeparableConv2D` have in common.
protocol SeparableConvolution: Layer where Input == Tensor, Output == Tensor {
  static var spatialAxes: Int { get }
  var filters: Int { get }
  var kernelSize: [Int] { get }
  var strides: [Int] { get }
  var padding: Padding { get }
  var dilationRate: [Int] { get }
  var depthMultiplier: Int { get }
  var activation: ActivationFunction { get }
  var useBias: Bool { get }
  var depthwiseInitializer: Initializer { get }
  var pointwiseInitializer: Initializer { get }
  var biasInitializer: Initializer { get }
  var depthwiseRegularizer: Regularizer? { get }
  var depthwiseConstraint: Constraint? { get }
  var pointwiseConstraint: Constraint? { get }
  var biasConstraint: Constraint? { get }
  var pointwiseRegularizer: Regularizer? { get }
  var biasRegularizer: Regularizer? { get }
  var activityRegularizer: Regularizer? { get }
}

extension SeparableConvolution {
  func convolveSeparable(_ input: Tensor) throws -> Tensor {
    try demandPositive("filters", filters)
    try demandDepthwise(input, kernelSize, depthMultiplier, spatialAxes: Self.spatialAxes)
    let scope = input.scope
    let channels = input.shape.last
    let depthwise = scope.parameter(
      "depthwise_kernel", Shape(kernelSize + [channels, depthMultiplier]), depthwiseInitializer,
      regularizer: depthwiseRegularizer, constraint: depthwiseConstraint)
    let ones = [Int](repeating: 1, count: Self.spatialAxes)
    let pointwise = scope.parameter(
      "pointwise_kernel", Shape(ones + [channels * depthMultiplier, filters]), pointwiseInitializer,
      regularizer: pointwiseRegularizer, constraint: pointwiseConstraint)
    let (input, window) = try surrounded(
      input, size: kernelSize, strides: strides, padding: padding, dilationRate: dilationRate)
    let none = [Int](repeating: 0, count: Self.spatialAxes)
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
