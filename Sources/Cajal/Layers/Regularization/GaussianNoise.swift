/// Adds normal noise of mean 0 while training: y = x + N(0, stddev²); inference gives the input back.
public struct GaussianNoise: Layer {
  /// Standard deviation of the noise.
  public var stddev: Double
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ stddev: Double, name: String? = nil) {
    self.stddev = stddev
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demand(stddev >= 0, expected: "a stddev of at least 0", given: "it is \(stddev)")
    guard input.scope.isTraining, stddev > 0 else { return input }
    return input + input.scope.normal(input.shape, deviation: stddev).cast(to: input.dtype)
  }
}
