/// An activation function as a layer.
///
/// Shapes: as the function's; the same as the input's for all but `glu`.
/// Example: `Conv2D(64, kernelSize: 3); BatchNormalization(); Activation(.relu)`
public struct Activation: Layer {
  /// The function.
  public var activation: ActivationFunction
  /// A penalty on the results, added to the loss while training.
  public var activityRegularizer: Regularizer?
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ activation: ActivationFunction, activityRegularizer: Regularizer? = nil, name: String? = nil) {
    self.activation = activation
    self.activityRegularizer = activityRegularizer
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    input.scope.penalizing(activation(input), activityRegularizer)
  }
}
