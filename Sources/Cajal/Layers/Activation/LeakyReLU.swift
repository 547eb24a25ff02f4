/// f(x) = x for x > 0, else αx, with Keras's layer default α = 0.3 (its function has 0.2).
///
/// Source: Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013 (α = 0.01).
public struct LeakyReLU: Layer {
  /// The slope below 0.
  public var negativeSlope: Double
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(negativeSlope: Double = 0.3, name: String? = nil) {
    self.negativeSlope = negativeSlope
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    ActivationFunction.leakyRelu(negativeSlope: negativeSlope)(input)
  }
}
