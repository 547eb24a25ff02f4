/// Convolution whose kernel is mixed for each sample from several kernels, by weights computed from the whole image.
///
/// y = f(Σ_k π_k(x) (x * kernel_k + bias_k)), π = softmax(W₂ relu(W₁ mean(x)) / temperature).
/// Shapes: x `[batch, height, width, channels]` → `[batch, height′, width′, filters]`; `attention_hidden` `[channels,
/// hidden]`, `attention_output` `[hidden, kernels]`, `attention_bias` `[kernels]`, `kernel` `[height, width, channels,
/// kernels · filters]`, `bias` `[kernels, filters]`.
/// Source: Chen et al., "Dynamic convolution: attention over convolution kernels", arXiv:1912.03458. Keras has no such
/// layer.
/// Example: `DynamicConv2D(64, kernelSize: 3, kernels: 4, padding: .same)`
public struct DynamicConv2D: Layer {
  /// Channels of the result, at least 1.
  public var filters: Int
  /// Places of the window along each spatial axis.
  public var kernelSize: [Int]
  /// How many kernels are mixed.
  public var kernels: Int
  /// How far the window moves along each spatial axis.
  public var strides: [Int]
  /// What lies around the input when the window moves over it.
  public var padding: Padding
  /// The channels' number is divided by this for the hidden layer of the weights.
  public var reduction: Int
  /// Divides what the softmax takes; large ones mix the kernels evenly, which is good early in training.
  public var temperature: Double
  /// The function of the results, such as `.relu`.
  public var activation: ActivationFunction
  /// Whether a bias is added to the results.
  public var useBias: Bool
  /// How the kernels get their first values.
  public var kernelInitializer: Initializer
  /// A penalty on the kernels, added to the loss while training.
  public var kernelRegularizer: Regularizer?
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    _ filters: Int, kernelSize: some SpatialSize, kernels: Int = 4, strides: some SpatialSize = 1,
    padding: Padding = .valid, reduction: Int = 4, temperature: Double = 30, activation: ActivationFunction = .linear,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform, kernelRegularizer: Regularizer? = nil,
    name: String? = nil
  ) {
    self.filters = filters
    self.kernelSize = kernelSize.sizes(axes: 2)
    self.kernels = kernels
    self.strides = strides.sizes(axes: 2)
    self.padding = padding
    self.reduction = reduction
    self.temperature = temperature
    self.activation = activation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.kernelRegularizer = kernelRegularizer
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandPositive("filters", filters)
    try demandPositive("kernels", kernels)
    try demandPositive("reduction", reduction)
    try demandSizes("kernelSize", kernelSize, axes: 2)
    try demandImage(input, spatialAxes: 2)
    try demand(temperature > 0, expected: "a temperature above 0", given: "it is \(temperature)")
    let (scope, channels) = (input.scope, input.shape.last)
    let hidden = max(channels / reduction, 1)
    let first = scope.parameter("attention_hidden", [channels, hidden], .glorotUniform)
    let second = scope.parameter("attention_output", [hidden, kernels], .glorotUniform)
    let shift = scope.parameter("attention_bias", [kernels], .zeros)
    let rows = kernelSize.reduce(channels, *)
    let kernel = scope.parameter(
      "kernel", Shape(kernelSize + [channels, kernels * filters]),
      kernelInitializer.scaled(fanIn: rows, fanOut: kernelSize.reduce(filters, *)), regularizer: kernelRegularizer)
    let net = input.mean(axes: [1, 2]).matmul(first).relu().matmul(second) + shift
    let weights = (net * (1 / temperature)).softmax()

    // All kernels in one convolution: mixing its results is mixing the kernels.
    let (padded, window) = try surrounded(
      input, size: kernelSize, strides: strides, padding: padding, dilationRate: [1, 1])
    let all = padded.convolved(kernel, window: window)
    guard !all.shape.isPoisoned else { return all }
    let apart = all.reshaped([all.shape[0], all.shape[1], all.shape[2], kernels, filters])
    var output = (apart * weights.reshaped([all.shape[0], 1, 1, kernels, 1])).sum(axes: [3])
    if useBias {
      let bias = weights.matmul(scope.parameter("bias", [kernels, filters], .zeros))
      output = output + bias.reshaped([all.shape[0], 1, 1, filters])
    }
    return activation(output)
  }
}
