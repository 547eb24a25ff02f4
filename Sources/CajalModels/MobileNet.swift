import Cajal

/// MobileNet, version 1: thirteen depthwise separable blocks; 4,253,864 parameters with moving statistics.
///
/// Layer and weight names and their order are those of keras.applications; its padding layers are here the padding of
/// the convolutions after them, with the same results.
///
/// Shapes: x `[batch, 224, 224, 3]` → `[batch, classes]`; without the top `[batch, 7, 7, 1024 alpha]`.
/// Source: Howard et al., arXiv:1704.04861, table 1.
/// Example: `Model(MobileNet(alpha: 0.5), inputShape: [224, 224, 3])`
public struct MobileNet: Layer {
  /// Number of classes: the size of the last layer.
  public var classes: Int
  /// Scales the number of filters of every layer.
  public var alpha: Double
  /// Channels of each depthwise convolution for each channel of its input.
  public var depthMultiplier: Int
  /// The fraction that dropout takes away before the classifier, in 0 … 1.
  public var dropout: Double
  /// The function of the last layer; `.linear` gives logits.
  public var classifierActivation: ActivationFunction
  /// Whether the classifier is there; without it the result is the last feature map.
  public var includeTop: Bool
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    classes: Int = 1000, alpha: Double = 1, depthMultiplier: Int = 1, dropout: Double = 1e-3,
    classifierActivation: ActivationFunction = .softmax, includeTop: Bool = true, name: String? = nil
  ) {
    self.classes = classes
    self.alpha = alpha
    self.depthMultiplier = depthMultiplier
    self.dropout = dropout
    self.classifierActivation = classifierActivation
    self.includeTop = includeTop
    self.name = LayerName(name)
  }

  /// Filters and stride of each block.
  private static let blocks = [
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1),
    (1024, 2),
    (1024, 1),
  ]

  public func forward(_ input: Tensor) throws -> Tensor {
    try demand(alpha > 0 && alpha <= 64, expected: "an alpha above 0, up to 64", given: "it is \(alpha)")
    var x = Conv2D(scaled(32), kernelSize: 3, strides: 2, padding: .same, useBias: false, name: "conv1")(input)
    x = activated(x, "conv1")
    for (number, (filters, stride)) in zip(1..., Self.blocks) {
      x = DepthwiseConv2D(
        kernelSize: 3, strides: stride, padding: stride == 1 ? .same : .explicit(low: [0, 0], high: [1, 1]),
        depthMultiplier: depthMultiplier, useBias: false, name: "conv_dw_\(number)")(x)
      x = activated(x, "conv_dw_\(number)")
      x = Conv2D(scaled(filters), kernelSize: 1, padding: .same, useBias: false, name: "conv_pw_\(number)")(x)
      x = activated(x, "conv_pw_\(number)")
    }
    guard includeTop else { return x }
    x = GlobalAveragePooling2D(keepdims: true, name: "global_average_pooling2d")(x)
    x = Dropout(dropout, name: "dropout")(x)
    x = Conv2D(classes, kernelSize: 1, padding: .same, name: "conv_preds")(x)
    x = Reshape([classes], name: "reshape_2")(x)
    return Activation(classifierActivation, name: "predictions")(x)
  }

  private func scaled(_ filters: Int) -> Int { Int(Double(filters) * alpha) }

  private func activated(_ x: Tensor, _ name: String) -> Tensor {
    ReLU(maxValue: 6, name: "\(name)_relu")(BatchNormalization(name: "\(name)_bn")(x))
  }
}
