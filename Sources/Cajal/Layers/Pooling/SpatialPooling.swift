/// What the pooling layers have in common.
protocol SpatialPooling: Layer where Input == Tensor, Output == Tensor {
  static var spatialAxes: Int { get }
  var poolSize: [Int] { get }
  var strides: [Int] { get }
  var padding: Padding { get }
}

extension SpatialPooling {
  /// The window over an input, checked.
  func poolingWindow(over input: Tensor) throws -> Window {
    try demandSizes("poolSize", poolSize, axes: Self.spatialAxes)
    try demandImage(input, spatialAxes: Self.spatialAxes)
    return try window(over: input, size: poolSize, strides: strides, padding: padding)
  }

  func maximumPooled(_ input: Tensor) throws -> Tensor {
    input.maxPooled(size: poolSize, window: try poolingWindow(over: input))
  }

  func averagePooled(_ input: Tensor) throws -> Tensor {
    input.averagePooled(size: poolSize, window: try poolingWindow(over: input))
  }

  /// The average with padding counted, times the number of places.
  func sumPooled(_ input: Tensor) throws -> Tensor {
    let window = try poolingWindow(over: input)
    let places = poolSize.reduce(1.0) { $0 * Double($1) }
    return input.averagePooled(size: poolSize, window: window, countsPadding: true) * places
  }
}

extension Layer where Input == [Tensor], Output == Tensor {
  /// Values [batch, places…, channels] at the maxima of the windows over a second input.
  func unpooled(
    _ inputs: [Tensor], size: [Int], strides: [Int], padding: Padding, spatialAxes: Int
  ) throws -> Tensor {
    try demandInputs(inputs, exactly: 2)
    try demandSizes("poolSize", size, axes: spatialAxes)
    try demandImage(inputs[1], spatialAxes: spatialAxes)
    let window = try window(over: inputs[1], size: size, strides: strides, padding: padding)
    return inputs[0].maxUnpooled(to: inputs[1], size: size, window: window)
  }
}
