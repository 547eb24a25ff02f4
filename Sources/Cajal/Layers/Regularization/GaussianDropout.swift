/// Multiplies by normal noise of mean 1 and variance rate / (1 - rate) while training; inference gives the input back.
///
/// Source: Srivastava et al., JMLR 15, 2014, section 10.
public struct GaussianDropout: Layer {
  /// p in the noise's variance p / (1 - p), in 0 ..< 1.
  public var rate: Double
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ rate: Double, name: String? = nil) {
    self.rate = rate
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demand(rate >= 0 && rate < 1, expected: "a rate from 0 to below 1", given: "it is \(rate)")
    guard input.scope.isTraining, rate > 0 else { return input }
    let deviation = (rate / (1 - rate)).squareRoot()
    return input * input.scope.normal(input.shape, mean: 1, deviation: deviation).cast(to: input.dtype)
  }
}
