/// What `DepthwiseConv1D` and `DepthwiseConv2D` have in common.
protocol DepthwiseConvolution: Layer where Input == Tensor, Output == Tensor {
  static var spatialAxes: Int { get }
  var kernelSize: [Int] { get }
  var strides: [Int] { get }
  var padding: Padding { get }
  var depthMultiplier: Int { get }
  var dilationRate: [Int] { get }
  var activation: ActivationFunction { get }
  var useBias: Bool { get }
  var depthwiseInitializer: Initializer { get }
  var biasInitializer: Initializer { get }
  var depthwiseRegularizer: Regularizer? { get }
  var depthwiseConstraint: Constraint? { get }
  var biasConstraint: Constraint? { get }
  var biasRegularizer: Regularizer? { get }
  var activityRegularizer: Regularizer? { get }
}

extension DepthwiseConvolution {
  func convolveDepthwise(_ input: Tensor) throws -> Tensor {
    try demandDepthwise(input, kernelSize, depthMultiplier, spatialAxes: Self.spatialAxes)
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
