/// Sets a fraction of the elements to the lowest or the highest value while training, each in half of the cases.
///
/// Inference gives the input back. Shapes: x `[batch, …]` → the same.
/// Errors: a rate outside 0 … 1.
/// Source: Vincent et al., "Stacked denoising autoencoders", JMLR 11, 2010, section 3.3.
/// Example: `SaltAndPepperNoise(0.2)`
public struct SaltAndPepperNoise: Layer {
  /// The fraction that is changed, in 0 … 1.
  public var rate: Double
  /// What pepper is.
  public var low: Double
  /// What salt is.
  public var high: Double
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ rate: Double, low: Double = 0, high: Double = 1, name: String? = nil) {
    self.rate = rate
    self.low = low
    self.high = high
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandRate("rate", rate)
    guard input.scope.isTraining, rate > 0 else { return input }
    let draw = input.scope.uniform(input.shape)
    let peppered = (draw .< rate / 2).select(input.filled(low), input)
    return (draw .>= 1 - rate / 2).select(input.filled(high), peppered)
  }
}
