import Cajal

/// The discriminator of a DCGAN, or a critic: from pictures, and where it is conditional their labels, to one number.
///
/// Two convolutions (4 x 4, stride 2) with leaky ReLU (0.2) and a dense layer without activation: the logit of the
/// probability that a picture is real. With `classes` the number is w·φ(x) + b + v(label)·φ(x), a projection on the label's vector.
///
/// Shapes: x `[batch, height, width, channels]`, and with `classes` labels `int32[batch]` → `[batch, 1]`.
/// Source: Radford, Metz and Chintala, arXiv:1511.06434; the projection: Miyato and Koyama, arXiv:1802.05637.
/// Example: `Model(DCGANDiscriminator(), inputs: [TensorType([28, 28, 1], .float32)])`
public struct DCGANDiscriminator: Layer {
  /// What stands between the second convolution and its activation.
  public enum Normalization: String, Hashable, Sendable, Codable {
    /// Over the batch, as published.
    case batch
    /// Over each picture, for critics with a gradient penalty.
    case layer
    /// Nothing.
    case none
  }

  /// Channels of the first convolution; the second has twice as many.
  public var filters: Int
  /// How many labels there are; nil for a discriminator without labels.
  public var classes: Int?
  /// What stands between the second convolution and its activation.
  public var normalization: Normalization
  /// The fraction that dropout takes away after each activation, in 0 ..< 1.
  public var dropout: Double
  /// How kernels get their first values.
  public var kernelInitializer: Initializer
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    filters: Int = 64, classes: Int? = nil, normalization: Normalization = .batch, dropout: Double = 0,
    kernelInitializer: Initializer = .randomNormal(mean: 0, deviation: 0.02), name: String? = nil
  ) {
    self.filters = filters
    self.classes = classes
    self.normalization = normalization
    self.dropout = dropout
    self.kernelInitializer = kernelInitializer
    self.name = LayerName(name)
  }

  public func forward(_ input: [Tensor]) throws -> Tensor {
    let labels = try input.labels(classes, of: "DCGANDiscriminator")
    try demandAxes(input[0], "batch, height, width, channels", count: 4)
    _ = try DCGANShape(Shape(Array(input[0].shape.dimensions.dropFirst())))
    var x = halved(input[0], filters)
    x = dropped(LeakyReLU(negativeSlope: 0.2)(x))
    x = halved(x, 2 * filters)
    switch normalization {
    case .batch: x = BatchNormalization(momentum: 0.9)(x)
    case .layer: x = LayerNormalization(axis: [1, 2, 3])(x)
    case .none: break
    }
    x = Flatten()(dropped(LeakyReLU(negativeSlope: 0.2)(x)))
    let judged = Dense(1, kernelInitializer: kernelInitializer)(x)
    guard let labels else { return judged }
    let vector = Dense(x.shape.last, useBias: false, kernelInitializer: kernelInitializer, name: "projection")(labels)
    return judged + (x * vector).sum(axes: [1], keepsDimensions: true)
  }

  private func halved(_ x: Tensor, _ filters: Int) -> Tensor {
    Conv2D(filters, kernelSize: 4, strides: 2, padding: .same, kernelInitializer: kernelInitializer)(x)
  }

  private func dropped(_ x: Tensor) -> Tensor { dropout > 0 ? Dropout(dropout)(x) : x }
}
