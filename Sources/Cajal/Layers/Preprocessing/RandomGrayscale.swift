/// Makes some images grey, with all channels kept.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Example: `RandomGrayscale(0.2)`
public struct RandomGrayscale: RandomImageLayer {
  /// The probability, in 0 … 1.
  public var factor: Double
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ factor: Double = 0.5, name: String? = nil) {
    self.factor = factor
    self.name = LayerName(name)
  }

  func changed(_ images: Tensor, _ scope: Scope) throws -> Tensor {
    try demandRate("factor", factor)
    return (scope.uniform([images.shape[0], 1, 1, 1]) .< factor).select(images.grayscale(), images)
  }
}
