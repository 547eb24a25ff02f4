/// 1-D depthwise convolution: each channel has kernels of its own and is mixed with no other.
///
/// Channel i gives the outputs i m … i m + m - 1 for the depth multiplier m.
/// Shapes: x `[batch, length, channels]` → `[batch, length′, channels · depthMultiplier]`; `kernel` `[length,
/// channels, depthMultiplier]`, `bias` `[channels · depthMultiplier]`.
/// Example: `DepthwiseConv1D(kernelSize: 3)`
public struct DepthwiseConv1D: DepthwiseConvolution {
  static let spatialAxes = 1

  /// Places of the window along each spatial axis.
  public var kernelSize: [Int]
  /// How far the window moves along each spatial axis.
  public var strides: [Int]
  /// What lies around the input when the window moves over it.
  public var padding: Padding
  /// Channels of the depthwise result for each channel of the input.
  public var depthMultiplier: Int
  /// Distance of neighbouring places of the window along each spatial axis.
  public var dilationRate: [Int]
  /// The function of the results, such as `.relu`.
  public var activation: ActivationFunction
  /// Whether a bias is added to the results.
  public var useBias: Bool
  /// How the depthwise kernel gets its first values.
  public var depthwiseInitializer: Initializer
  /// How the bias gets its first values.
  public var biasInitializer: Initializer
  /// A penalty on the depthwise kernel, added to the loss while training.
  public var depthwiseRegularizer: Regularizer?
  /// What the depthwise kernel must be after each update.
  public var depthwiseConstraint: Constraint?
  /// What the bias must be after each update.
  public var biasConstraint: Constraint?
  /// A penalty on the bias, added to the loss while training.
  public var biasRegularizer: Regularizer?
  /// A penalty on the results, added to the loss while training.
  public var activityRegularizer: Regularizer?
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    kernelSize: some SpatialSize, strides: some SpatialSize = 1, padding: Padding = .valid, depthMultiplier: Int = 1,
    dilationRate: some SpatialSize = 1, activation: ActivationFunction = .linear, useBias: Bool = true,
    depthwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    depthwiseRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil, depthwiseConstraint: Constraint? = nil, biasConstraint: Constraint? = nil,
    name: String? = nil
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
    self.depthwiseConstraint = depthwiseConstraint
    self.biasConstraint = biasConstraint
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor { try convolveDepthwise(input) }
}
