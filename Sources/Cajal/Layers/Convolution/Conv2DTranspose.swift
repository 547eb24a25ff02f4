/// 2-D transposed convolution ("deconvolution"): the adjoint of a convolution with the same window, which enlarges.
///
/// Output size per spatial axis, with reach r = d (k - 1) + 1: `.same` gives n s, or (n - 1) s + r mod 2 + p with
/// `outputPadding` p; `.valid` gives (n - 1) s + max(r, s), or (n - 1) s + r + p. Sizes and alignment are Keras's.
///
/// Shapes: x `[batch, height, width, channels]` → `[batch, height′, width′, filters]`; `kernel` `[height, width,
/// filters, channels]`, `bias` `[filters]`.
/// Source: Zeiler et al., "Deconvolutional networks", CVPR 2010; Dumoulin and Visin, arXiv:1603.07285, chapter 4.
/// Example: `Conv2DTranspose(16, kernelSize: 3, strides: 2, padding: .same, activation: .relu)`
public struct Conv2DTranspose: TransposedConvolution {
  static let spatialAxes = 2

  /// Channels of the result, at least 1.
  public var filters: Int
  /// Places of the window along each spatial axis.
  public var kernelSize: [Int]
  /// How far the window moves along each spatial axis.
  public var strides: [Int]
  /// What lies around the input when the window moves over it.
  public var padding: Padding
  /// Places added at the end of each spatial axis of the result; `nil` works them out.
  public var outputPadding: [Int]?
  /// Distance of neighbouring places of the window along each spatial axis.
  public var dilationRate: [Int]
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
    outputPadding: [Int]? = nil, dilationRate: some SpatialSize = 1, activation: ActivationFunction = .linear,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil,
    kernelConstraint: Constraint? = nil, biasConstraint: Constraint? = nil, name: String? = nil
  ) {
    self.filters = filters
    self.kernelSize = kernelSize.sizes(axes: 2)
    self.strides = strides.sizes(axes: 2)
    self.padding = padding
    self.outputPadding = outputPadding
    self.dilationRate = dilationRate.sizes(axes: 2)
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

  public func forward(_ input: Tensor) throws -> Tensor { try convolveTransposed(input) }
}
