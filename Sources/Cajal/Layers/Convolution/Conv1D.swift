/// 1-D convolution, in the field's sense of the word (the kernel is not turned around): sequences.
///
/// y[p, c] = f(Σ x[s p + d q - pad, i] · kernel[q, i, c] + bias[c]) over the window's places q and the channels i of
/// c's group, with stride s and dilation d. Output size: ⌊(n + pₗ + pₕ - d (k - 1) - 1) / s⌋ + 1 per spatial axis; n -
/// k + 1 for `.valid` and ⌈n / s⌉ for `.same`.
///
/// Shapes: x `[batch, length, channels]` → `[batch, length′, filters]`; `kernel` `[length, channels / groups,
/// filters]`, `bias` `[filters]`.
/// Errors: channels or filters that `groups` does not divide; an input smaller than the kernel.
/// Example: `Conv1D(64, kernelSize: 3, padding: .causal, dilationRate: 2)`
public struct Conv1D: SpatialConvolution {
  static let spatialAxes = 1

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
  /// Parts that the channels are cut into, each with its own kernels.
  public var groups: Int
  /// The function of the results, such as `.relu`.
  public var activation: ActivationFunction
  /// Whether a bias is added to the results.
  public var useBias: Bool
  /// How the kernel gets its first values.
  public var kernelInitializer: Initializer
  /// How the bias gets its first values.
  public var biasInitializer: Initializer
  /// A penalty on the kernel, added to the loss while training.
  public var kernelRegularizer: Regularizer?
  /// What the kernel must be after each update.
  public var kernelConstraint: Constraint?
  /// What the bias must be after each update.
  public var biasConstraint: Constraint?
  /// A penalty on the bias, added to the loss while training.
  public var biasRegularizer: Regularizer?
  /// A penalty on the results, added to the loss while training.
  public var activityRegularizer: Regularizer?
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    _ filters: Int, kernelSize: some SpatialSize, strides: some SpatialSize = 1, padding: Padding = .valid,
    dilationRate: some SpatialSize = 1, groups: Int = 1, activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil,
    kernelConstraint: Constraint? = nil, biasConstraint: Constraint? = nil, name: String? = nil
  ) {
    self.filters = filters
    self.kernelSize = kernelSize.sizes(axes: 1)
    self.strides = strides.sizes(axes: 1)
    self.padding = padding
    self.dilationRate = dilationRate.sizes(axes: 1)
    self.groups = groups
    self.activation = activation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = kernelRegularizer
    self.biasRegularizer = biasRegularizer
    self.activityRegularizer = activityRegularizer
    self.kernelConstraint = kernelConstraint
    self.biasConstraint = biasConstraint
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor { try convolve(input) }
}
