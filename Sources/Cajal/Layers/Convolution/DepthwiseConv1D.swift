/// 1-D depthwise convolution: each channel has kernels of its own and is mixed with no other.
///
/// Channel i gives the outputs i m … i m + m - 1 for the depth multiplier m.
/// Shapes: x `[batch, length, channels]` → `[batch, length′, channels · depthMultiplier]`; `kernel` `[length,
/// channels, depthMultiplier]`, `bias` `[channels · depthMultiplier]`.
/// Example: `DepthwiseConv1D(kernelSize: 3)`
public struct DepthwiseConv1D: DepthwiseConvolution {
  static let spatialAxes = 1

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
    self.kernelSize = kernelSize.sizes(axes: 1)
    self.strides = strides.sizes(axes: 1)
    self.padding = padding
    self.depthMultiplier = depthMultiplier
    self.dilationRate = dilationRate.sizes(axes: 1)
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
