import Cajal

/// LeNet-5 as it is taught today: every map of C3 sees all of S2, plain average pooling, softmax; 61,706 parameters.
///
/// C1 28x28x6, S2 14x14x6, C3 10x10x16, S4 5x5x16, C5 120, F6 84, output. The original is `OriginalLeNet5`.
///
/// Shapes: x `[batch, 32, 32, 1]`, or `[batch, 28, 28, 1]` which C1 pads → `[batch, classes]`.
/// Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", 1998.
/// Example: `Model(LeNet5(), inputShape: [28, 28, 1])`
public struct LeNet5: Layer {
  /// Number of classes: the size of the last layer.
  public var classes: Int
  /// The function after each layer but the last.
  public var activation: ActivationFunction
  /// The function of the last layer; `.linear` gives logits.
  public var classifierActivation: ActivationFunction
  /// Whether the classifier is there; without it the result is the last feature map.
  public var includeTop: Bool
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    classes: Int = 10, activation: ActivationFunction = .tanh, classifierActivation: ActivationFunction = .softmax,
    includeTop: Bool = true, name: String? = nil
  ) {
    self.classes = classes
    self.activation = activation
    self.classifierActivation = classifierActivation
    self.includeTop = includeTop
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandAxes(input, "batch, height, width, channels", count: 4)
    let isPadded = input.shape[1] < 32
    var x = Conv2D(6, kernelSize: 5, padding: isPadded ? .same : .valid, activation: activation, name: "c1")(input)
    x = AveragePooling2D(name: "s2")(x)
    x = Conv2D(16, kernelSize: 5, activation: activation, name: "c3")(x)
    x = AveragePooling2D(name: "s4")(x)
    x = Conv2D(120, kernelSize: 5, activation: activation, name: "c5")(x)
    x = Flatten(name: "flatten")(x)
    guard includeTop else { return x }
    x = Dense(84, activation: activation, name: "f6")(x)
    return Dense(classes, activation: classifierActivation, name: "output")(x)
  }
}
