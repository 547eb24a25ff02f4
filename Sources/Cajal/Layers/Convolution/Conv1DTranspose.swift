/// 1-D transposed convolution ("deconvolution"): the adjoint of a convolution with the same window, which enlarges.
///
/// Output size per spatial axis, with reach r = d (k - 1) + 1: `.same` gives n s, or (n - 1) s + r mod 2 + p with
/// `outputPadding` p; `.valid` gives (n - 1) s + max(r, s), or (n - 1) s + r + p. Sizes and alignment are Keras's.
///
/// Shapes: x `[batch, length, channels]` → `[batch, length′, filters]`; `kernel` `[length, filters, channels]`, `bias`
/// `[filters]`.
/// Source: Zeiler et al., "Deconvolutional networks", CVPR 2010; Dumoulin and Visin, arXiv:1603.07285, chapter 4.
/// Example: `Conv1DTranspose(16, kernelSize: 4, strides: 2, padding: .same)`
public struct Conv1DTranspose: TransposedConvolution {
  static let spatialAxes = 1

  public var filters: Int
  public var kernelSize: [Int]
  public var strides: [Int]
  public var padding: Padding
  public var outputPadding: [Int]?
  public var dilationRate: [Int]
  public var activation: ActivationFunction
  public var useBias: Bool
  public var kernelInitializer: Initializer
  public var biasInitializer: Initializer
  public var kernelRegularizer: Regularizer?
  public var biasRegularizer: Regularizer?
  public var activityRegularizer: Regularizer?
  public var name: LayerName

  public init(
    _ filters: Int, kernelSize: some SpatialSize, strides: some SpatialSize = 1, padding: Padding = .valid,
    outputPadding: [Int]? = nil, dilationRate: some SpatialSize = 1, activation: ActivationFunction = .linear,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil,
    name: String? = nil
  ) {
    self.filters = filters
    self.kernelSize = kernelSize.sizes(axes: 1)
    self.strides = strides.sizes(axes: 1)
    self.padding = padding
    self.outputPadding = outputPadding
    self.dilationRate = dilationRate.sizes(axes: 1)
    self.activation = activation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = kernelRegularizer
    self.biasRegularizer = biasRegularizer
    self.activityRegularizer = activityRegularizer
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor { try convolveTransposed(input) }
}
