import Cajal

/// VGG-16: five blocks of 3x3 convolutions, each halved by a max pool, then three dense layers; 138,357,544 parameters.
///
/// Layer and weight names are those of keras.applications.
///
/// Shapes: x `[batch, 224, 224, 3]` → `[batch, classes]`; without the top `[batch, 7, 7, 512]`.
/// Source: Simonyan and Zisserman, arXiv:1409.1556, table 1, column D.
/// Example: `Model(VGG16(), inputShape: [224, 224, 3])`
public struct VGG16: Layer {
  /// Number of classes: the size of the last layer.
  public var classes: Int
  /// The function of the last layer; `.linear` gives logits.
  public var classifierActivation: ActivationFunction
  /// Whether the classifier is there; without it the result is the last feature map.
  public var includeTop: Bool
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    classes: Int = 1000, classifierActivation: ActivationFunction = .softmax, includeTop: Bool = true,
    name: String? = nil
  ) {
    self.classes = classes
    self.classifierActivation = classifierActivation
    self.includeTop = includeTop
    self.name = LayerName(name)
  }

  /// Convolutions and filters of each block.
  private static let blocks = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)]

  public func forward(_ input: Tensor) throws -> Tensor {
    var x = input
    for (block, (convolutions, filters)) in zip(1..., Self.blocks) {
      for number in 1...convolutions {
        x = Conv2D(
          filters, kernelSize: 3, padding: .same, activation: .relu, name: "block\(block)_conv\(number)")(x)
      }
      x = MaxPooling2D(name: "block\(block)_pool")(x)
    }
    guard includeTop else { return x }
    x = Flatten(name: "flatten")(x)
    x = Dense(4096, activation: .relu, name: "fc1")(x)
    x = Dense(4096, activation: .relu, name: "fc2")(x)
    return Dense(classes, activation: classifierActivation, name: "predictions")(x)
  }
}
