/// 1-D depthwise separable convolution: a depthwise convolution, then a pointwise (1-wide) one that mixes the channels.
///
/// Shapes: x `[batch, length, channels]` → `[batch, length′, filters]`; `depthwise_kernel` `[length, channels,
/// depthMultiplier]`, `pointwise_kernel` `[1, channels · depthMultiplier, filters]`, `bias` `[filters]`.
/// Source: Chollet, arXiv:1610.02357.
/// Example: `SeparableConv1D(64, kernelSize: 3, padding: .same, activation: .relu)`
public struct SeparableConv1D: SeparableConvolution {
  static let spatialAxes = 1

  public var filters: Int
  public var kernelSize: [Int]
  public var strides: [Int]
  public var padding: Padding
  public var dilationRate: [Int]
  public var depthMultiplier: Int
  public var activation: ActivationFunction
  public var useBias: Bool
  public var depthwiseInitializer: Initializer
  public var pointwiseInitializer: Initializer
  public var biasInitializer: Initializer
  public var depthwiseRegularizer: Regularizer?
  public var pointwiseRegularizer: Regularizer?
  public var biasRegularizer: Regularizer?
  public var activityRegularizer: Regularizer?
  public var name: LayerName

  public init(
    _ filters: Int, kernelSize: some SpatialSize, strides: some SpatialSize = 1, padding: Padding = .valid,
    dilationRate: some SpatialSize = 1, depthMultiplier: Int = 1, activation: ActivationFunction = .linear,
    useBias: Bool = true, depthwiseInitializer: Initializer = .glorotUniform,
    pointwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    depthwiseRegularizer: Regularizer? = nil, pointwiseRegularizer: Regularizer? = nil,
    biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil, name: String? = nil
  ) {
    self.filters = filters
    self.kernelSize = kernelSize.sizes(axes: 1)
    self.strides = strides.sizes(axes: 1)
    self.padding = padding
    self.dilationRate = dilationRate.sizes(axes: 1)
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
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor { try convolveSeparable(input) }
}
