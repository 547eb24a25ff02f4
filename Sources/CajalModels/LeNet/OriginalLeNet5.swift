import Cajal

/// LeNet-5 as published: partial connections from S2 to C3, trainable subsampling, and an output of radial basis units
/// whose centres are drawings of the digits; 60,000 trained parameters.
///
/// C1 156, S2 12, C3 1,516, S4 32, C5 48,120, F6 10,164. Activations are 1.7159 tanh(2x/3).
///
/// The result is softmax(-distance²), so that categorical cross-entropy is the paper's discriminative criterion (its
/// equation 9, without the constant for rubbish); the nearest centre has the largest probability. The drawings are this
/// library's own, on the paper's 7x12 grid.
///
/// Shapes: x `[batch, 32, 32, 1]`, or `[batch, 28, 28, 1]` which C1 pads → `[batch, 10]`.
/// Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", 1998.
public struct OriginalLeNet5: Layer {
  public var name: LayerName
  /// Describes the layer; each option is the property of that name.
  public init(name: String? = nil) { self.name = LayerName(name) }

  /// The maps of S2 that each map of C3 sees (the paper's table I).
  public static let connections: [[Int]] =
    (0..<6).map { start in (0..<3).map { (start + $0) % 6 } }
    + (0..<6).map { start in (0..<4).map { (start + $0) % 6 } }
    + [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]]

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandAxes(input, "batch, height, width, channels", count: 4)
    let padding: Padding = input.shape[1] < 32 ? .same : .valid
    func weights(_ fanIn: Int) -> Initializer {
      .randomUniform(lower: -2.4 / Float(fanIn), upper: 2.4 / Float(fanIn))  // the paper's appendix A
    }
    let squash = ActivationFunction.scaledTanh
    var x = Conv2D(
      6, kernelSize: 5, padding: padding, activation: squash, kernelInitializer: weights(25 * input.shape.last),
      name: "c1")(
        input)
    x = TrainableSubsampling2D(activation: squash, name: "s2")(x)
    x = PartiallyConnectedConv2D(Self.connections, kernelSize: 5, activation: squash, name: "c3")(x)
    x = TrainableSubsampling2D(activation: squash, name: "s4")(x)
    x = Conv2D(120, kernelSize: 5, activation: squash, kernelInitializer: weights(400), name: "c5")(x)
    x = Flatten(name: "flatten")(x)
    x = Dense(84, activation: squash, kernelInitializer: weights(120), name: "f6")(x)
    return RadialBasis(DigitDrawings.centres, name: "output")(x)
  }
}
