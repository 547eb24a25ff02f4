import Cajal

/// ResNet-50, version 1: bottleneck blocks with shortcuts; 25,636,712 parameters with moving statistics.
///
/// Layer and weight names, their order and ε = 1.001e-5 are those of keras.applications, whose stage strides sit in
/// the first 1x1 convolution. Its padding layers before the first convolution and pool are here the padding of those
/// two, with the same results. Without biases in the convolutions, which the normalization after them cancels,
/// 25,557,032 parameters are trained.
///
/// Shapes: x `[batch, 224, 224, 3]` → `[batch, classes]`; without the top `[batch, 7, 7, 2048]`.
/// Source: He, Zhang, Ren and Sun, arXiv:1512.03385, table 1.
/// Example: `Model(ResNet50(useBias: false), inputShape: [224, 224, 3])`
public struct ResNet50: Layer {
  /// Number of classes: the size of the last layer.
  public var classes: Int
  /// Whether convolutions have biases, as in keras.applications.
  public var useBias: Bool
  /// The function of the last layer; `.linear` gives logits.
  public var classifierActivation: ActivationFunction
  /// Whether the classifier is there; without it the result is the last feature map.
  public var includeTop: Bool
  /// Channels of the first stage, which the later ones double; 64 unless a small network is wanted.
  public var width: Int
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    classes: Int = 1000, useBias: Bool = true, classifierActivation: ActivationFunction = .softmax,
    includeTop: Bool = true, width: Int = 64, name: String? = nil
  ) {
    self.classes = classes
    self.useBias = useBias
    self.classifierActivation = classifierActivation
    self.includeTop = includeTop
    self.width = width
    self.name = LayerName(name)
  }

  /// Blocks, width in parts of the first one's, and stride of each stage.
  private static let stages = [(3, 1, 1), (4, 2, 2), (6, 4, 2), (3, 8, 2)]

  public func forward(_ input: Tensor) throws -> Tensor {
    var x = Conv2D(
      width, kernelSize: 7, strides: 2, padding: .explicit(3), useBias: useBias, name: "conv1_conv")(input)
    x = Activation(.relu, name: "conv1_relu")(normalization("conv1_bn")(x))
    x = MaxPooling2D(poolSize: 3, strides: 2, padding: .explicit(1), name: "pool1_pool")(x)
    for (stage, (blocks, factor, stride)) in zip(2..., Self.stages) {
      for number in 1...blocks {
        x = block(
          x, width: factor * width, stride: number == 1 ? stride : 1, projects: number == 1,
          "conv\(stage)_block\(number)")
      }
    }
    guard includeTop else { return x }
    x = GlobalAveragePooling2D(name: "avg_pool")(x)
    return Dense(classes, activation: classifierActivation, name: "predictions")(x)
  }

  /// f(x) + shortcut(x) through ReLU, f of 1x1, 3x3 and 1x1 convolutions. The layers stand in Keras's order of weights.
  private func block(_ x: Tensor, width: Int, stride: Int, projects: Bool, _ name: String) -> Tensor {
    var y = Conv2D(width, kernelSize: 1, strides: stride, useBias: useBias, name: "\(name)_1_conv")(x)
    y = Activation(.relu, name: "\(name)_1_relu")(normalization("\(name)_1_bn")(y))
    y = Conv2D(width, kernelSize: 3, padding: .same, useBias: useBias, name: "\(name)_2_conv")(y)
    y = Activation(.relu, name: "\(name)_2_relu")(normalization("\(name)_2_bn")(y))
    var shortcut = x
    if projects {
      shortcut = Conv2D(4 * width, kernelSize: 1, strides: stride, useBias: useBias, name: "\(name)_0_conv")(x)
    }
    y = Conv2D(4 * width, kernelSize: 1, useBias: useBias, name: "\(name)_3_conv")(y)
    if projects { shortcut = normalization("\(name)_0_bn")(shortcut) }
    y = normalization("\(name)_3_bn")(y)
    return Activation(.relu, name: "\(name)_out")(Add(name: "\(name)_add")(shortcut, y))
  }

  private func normalization(_ name: String) -> BatchNormalization {
    BatchNormalization(epsilon: 1.001e-5, name: name)
  }
}
