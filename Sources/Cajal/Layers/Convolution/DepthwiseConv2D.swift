/// 2-D depthwise convolution: each channel has kernels of its own and is mixed with no other.
///
/// Channel i gives the outputs i m … i m + m - 1 for the depth multiplier m.
/// Shapes: x `[batch, height, width, channels]` → `[batch, height′, width′, channels · depthMultiplier]`; `kernel`
/// `[height, width, channels, depthMultiplier]`, `bias` `[channels · depthMultiplier]`.
/// Example: `DepthwiseConv2D(kernelSize: 3, padding: .same, useBias: false)`
public struct DepthwiseConv2D: DepthwiseConvolution {
  static let spatialAxes = 2

  public var kernelSize: [Int]
  public var strides: [Int]
  public var padding: Padding
  public var depthMultiplier: Int
  public var dilationRate: [Int]
  public var activation: ActivationFunction
  public var useBias: Bool
  public var depthwiseInitializer: Initializer
  public var biasInitializer: Initializer
  public var depthwiseRegularizer: Regularizer?
  public var biasRegularizer: Regularizer?
  public var activityRegularizer: Regularizer?
  public var name: LayerName

  public init(
    kernelSize: some SpatialSize, strides: some SpatialSize = 1, padding: Padding = .valid, depthMultiplier: Int = 1,
    dilationRate: some SpatialSize = 1, activation: ActivationFunction = .linear, useBias: Bool = true,
    depthwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    depthwiseRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil, name: String? = nil
  ) {
    self.kernelSize = kernelSize.sizes(axes: 2)
    self.strides = strides.sizes(axes: 2)
    self.padding = padding
    self.depthMultiplier = depthMultiplier
    self.dilationRate = dilationRate.sizes(axes: 2)
    self.activation = activation
    self.useBias = useBias
    self.depthwiseInitializer = depthwiseInitializer
    self.biasInitializer = biasInitializer
    self.depthwiseRegularizer = depthwiseRegularizer
    self.biasRegularizer = biasRegularizer
    self.activityRegularizer = activityRegularizer
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor { try convolveDepthwise(input) }
}
