/// Sets a fraction of the elements to zero while training and leaves the rest as they are; inference gives the input back.
///
/// Unlike dropout it does not scale what is left: the noise of a denoising autoencoder, which must guess what is missing.
/// Shapes: x `[batch, …]` → the same.
/// Errors: a rate outside 0 … 1.
/// Source: Vincent et al., "Stacked denoising autoencoders", JMLR 11, 2010, section 3.3.
/// Example: `MaskingNoise(0.3)`
public struct MaskingNoise: Layer {
  /// The fraction that becomes 0, in 0 … 1.
  public var rate: Double
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ rate: Double, name: String? = nil) {
    self.rate = rate
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandRate("rate", rate)
    guard input.scope.isTraining, rate > 0 else { return input }
    return input * input.scope.bernoulli(input.shape, probability: 1 - rate).cast(to: input.dtype)
  }
}
