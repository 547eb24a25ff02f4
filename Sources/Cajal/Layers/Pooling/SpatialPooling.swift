/// What pooling makes of the values of a window.
public protocol PoolingRule: Sendable {
  /// `MaxPooling`, to which the number of axes is added.
  static var className: String { get }
  /// Values [batch, places…, channels] of the windows over an input.
  static func pooled(_ input: Tensor, size: [Int], window: Window) -> Tensor
}

/// The largest value.
public enum MaximumOfWindow: PoolingRule {
  public static var className: String { "MaxPooling" }
  public static func pooled(_ input: Tensor, size: [Int], window: Window) -> Tensor {
    input.maxPooled(size: size, window: window)
  }
}

/// The mean of the values, without the padding.
public enum MeanOfWindow: PoolingRule {
  public static var className: String { "AveragePooling" }
  public static func pooled(_ input: Tensor, size: [Int], window: Window) -> Tensor {
    input.averagePooled(size: size, window: window)
  }
}

/// The sum of the values: the average with padding counted, times the number of places.
public enum SumOfWindow: PoolingRule {
  public static var className: String { "SumPooling" }
  public static func pooled(_ input: Tensor, size: [Int], window: Window) -> Tensor {
    input.averagePooled(size: size, window: window, countsPadding: true) * size.reduce(1.0) { $0 * Double($1) }
  }
}

/// ``MaxPooling2D``, ``AveragePooling2D``, ``SumPooling2D`` and those of one and three axes: see there.
public struct SpatialPooling<Axes: SpatialAxes, Rule: PoolingRule>: Layer {
  public static var className: String { "\(Rule.className)\(Axes.count)D" }

  /// Places of the window along each spatial axis.
  public var poolSize: [Int]
  /// How far the window moves along each spatial axis.
  public var strides: [Int]
  /// What lies around the input when the window moves over it.
  public var padding: Padding
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init<Stride: SpatialSize>(
    poolSize: some SpatialSize = 2, strides: Stride? = nil as Int?, padding: Padding = .valid, name: String? = nil
  ) {
    self.poolSize = poolSize.sizes(axes: Axes.count)
    self.strides = strides?.sizes(axes: Axes.count) ?? self.poolSize
    self.padding = padding
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandSizes("poolSize", poolSize, axes: Axes.count)
    try demandImage(input, spatialAxes: Axes.count)
    let window = try window(over: input, size: poolSize, strides: strides, padding: padding)
    return Rule.pooled(input, size: poolSize, window: window)
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
