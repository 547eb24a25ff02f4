/// 2-D depthwise separable convolution: a depthwise convolution, then a pointwise (1-wide) one that mixes the channels.
///
/// Shapes: x `[batch, height, width, channels]` → `[batch, height′, width′, filters]`; `depthwise_kernel` `[height,
/// width, channels, depthMultiplier]`, `pointwise_kernel` `[1, 1, channels · depthMultiplier, filters]`, `bias`
/// `[filters]`.
/// Source: Chollet, arXiv:1610.02357.
/// Example: `SeparableConv2D(64, kernelSize: 3, padding: .same, activation: .relu)`
public struct SeparableConv2D: SeparableConvolution {
  static let spatialAxes = 2

  /// Channels of the result, at least 1.
  public var filters: Int
  /// Places of the window along each spatial axis.
  public var kernelSize: [Int]
  /// How far the window moves along each spatial axis.
  public var strides: [Int]
  /// What lies around the input when the window moves over it.
  public var padding: Padding
  /// Distance of neighbouring places of the window along each spatial axis.
  public var dilationRate: [Int]
  /// Channels of the depthwise result for each channel of the input.
  public var depthMultiplier: Int
  /// The function of the results, such as `.relu`.
  public var activation: ActivationFunction
  /// Whether a bias is added to the results.
  public var useBias: Bool
  /// How the depthwise kernel gets its first values.
  public var depthwiseInitializer: Initializer
  /// How the pointwise kernel gets its first values.
  public var pointwiseInitializer: Initializer
  /// How the bias gets its first values.
  public var biasInitializer: Initializer
  /// A penalty on the depthwise kernel, added to the loss while training.
  public var depthwiseRegularizer: Regularizer?
  /// What the depthwise kernel must be after each update.
  public var depthwiseConstraint: Constraint?
  /// What the pointwise kernel must be after each update.
  public var pointwiseConstraint: Constraint?
  /// What the bias must be after each update.
  public var biasConstraint: Constraint?
  /// A penalty on the pointwise kernel, added to the loss while training.
  public var pointwiseRegularizer: Regularizer?
  /// A penalty on the bias, added to the loss while training.
  public var biasRegularizer: Regularizer?
  /// A penalty on the results, added to the loss while training.
  public var activityRegularizer: Regularizer?
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    _ filters: Int, kernelSize: some SpatialSize, strides: some SpatialSize = 1, padding: Padding = .valid,
    dilationRate: some SpatialSize = 1, depthMultiplier: Int = 1, activation: ActivationFunction = .linear,
    useBias: Bool = true, depthwiseInitializer: Initializer = .glorotUniform,
    pointwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    depthwiseRegularizer: Regularizer? = nil, pointwiseRegularizer: Regularizer? = nil,
    biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil,
    depthwiseConstraint: Constraint? = nil, pointwiseConstraint: Constraint? = nil, biasConstraint: Constraint? = nil,
    name: String? = nil
  ) {
    self.filters = filters
    self.kernelSize = kernelSize.sizes(axes: 2)
    self.strides = strides.sizes(axes: 2)
    self.padding = padding
    self.dilationRate = dilationRate.sizes(axes: 2)
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
    self.depthwiseConstraint = depthwiseConstraint
    self.pointwiseConstraint = pointwiseConstraint
    self.biasConstraint = biasConstraint
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor { try convolveSeparable(input) }
}
