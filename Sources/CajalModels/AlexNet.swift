import Cajal

/// AlexNet, in one tower (62,378,344 parameters) or with the paper's two groups (60,965,224).
///
/// Conv 96 11x11/4, 55x55; pool, 27x27; Conv 256 5x5; pool, 13x13; Conv 384, 384, 256 3x3; pool, 6x6x256; dense 4096,
/// 4096, classes, with dropout 0.5 before each of the last two.
///
/// Shapes: x `[batch, 227, 227, 3]` → `[batch, classes]`.
/// Source: Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks", NeurIPS
/// 2012. The response normalization's α = 10⁻⁴ is divided by the window's 5 channels, as in the libraries of the field.
/// Example: `Model(AlexNet(classes: 100, groups: 2), inputShape: [227, 227, 3])`
public struct AlexNet: Layer {
  /// Number of classes: the size of the last layer.
  public var classes: Int
  /// Groups of the second, fourth and fifth convolution: 1, or 2 as on the paper's two processors.
  public var groups: Int
  /// The fraction that dropout takes away before the dense layers, in 0 … 1.
  public var dropout: Double
  /// The function of the last layer; `.linear` gives logits.
  public var classifierActivation: ActivationFunction
  /// Whether the classifier is there; without it the result is the last feature map.
  public var includeTop: Bool
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    classes: Int = 1000, groups: Int = 1, dropout: Double = 0.5, classifierActivation: ActivationFunction = .softmax,
    includeTop: Bool = true, name: String? = nil
  ) {
    self.classes = classes
    self.groups = groups
    self.dropout = dropout
    self.classifierActivation = classifierActivation
    self.includeTop = includeTop
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    var x = Conv2D(96, kernelSize: 11, strides: 4, activation: .relu, name: "conv1")(input)
    x = LocalResponseNormalization(name: "norm1")(x)
    x = MaxPooling2D(poolSize: 3, strides: 2, name: "pool1")(x)
    x = Conv2D(256, kernelSize: 5, padding: .same, groups: groups, activation: .relu, name: "conv2")(x)
    x = LocalResponseNormalization(name: "norm2")(x)
    x = MaxPooling2D(poolSize: 3, strides: 2, name: "pool2")(x)
    x = Conv2D(384, kernelSize: 3, padding: .same, activation: .relu, name: "conv3")(x)
    x = Conv2D(384, kernelSize: 3, padding: .same, groups: groups, activation: .relu, name: "conv4")(x)
    x = Conv2D(256, kernelSize: 3, padding: .same, groups: groups, activation: .relu, name: "conv5")(x)
    x = MaxPooling2D(poolSize: 3, strides: 2, name: "pool5")(x)
    guard includeTop else { return x }
    x = Flatten(name: "flatten")(x)
    x = Dense(4096, activation: .relu, name: "fc6")(x)
    x = Dropout(dropout, name: "drop6")(x)
    x = Dense(4096, activation: .relu, name: "fc7")(x)
    x = Dropout(dropout, name: "drop7")(x)
    return Dense(classes, activation: classifierActivation, name: "fc8")(x)
  }
}
