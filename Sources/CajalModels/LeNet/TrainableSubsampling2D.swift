import Cajal

/// The sum of each window times one trained coefficient for each channel, plus a trained bias, through an activation.
///
/// y = f(a Σ x + b). Shapes: x `[batch, height, width, channels]` → `[batch, height / size, width / size, channels]`;
/// `coefficient`, `bias` `[channels]`. Source: LeCun et al., 1998, section II.B.
public struct TrainableSubsampling2D: Layer {
  /// Places of the window along each spatial axis.
  public var poolSize: [Int]
  /// The function of the results.
  public var activation: ActivationFunction
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(poolSize: some SpatialSize = 2, activation: ActivationFunction = .scaledTanh, name: String? = nil) {
    self.poolSize = poolSize.sizes(axes: 2)
    self.activation = activation
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    let sums = try SumPooling2D(poolSize: poolSize).forward(input)
    // At first the mean of the window.
    let places = poolSize.reduce(1) { $0 * Float($1) }
    let coefficient = input.scope.parameter("coefficient", [input.shape.last], .constant(1 / places))
    let bias = input.scope.parameter("bias", [input.shape.last], .zeros)
    return activation(sums * coefficient + bias)
  }
}
