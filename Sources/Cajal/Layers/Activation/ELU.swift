/// f(x) = x for x > 0, else α(eˣ - 1). Source: Clevert et al., arXiv:1511.07289.
public struct ELU: Layer {
  /// α: how far values below 0 go down.
  public var alpha: Double
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(alpha: Double = 1, name: String? = nil) {
    self.alpha = alpha
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor { ActivationFunction.elu(alpha: alpha)(input) }
}
