/// Mixes each batch with chains of random changes of itself.
///
/// y = w x + (1 - w) Σ wᵢ chainᵢ(x), with w from Beta(α, α) and the weights of chains from a Dirichlet distribution of α. All
/// changes are computed at each place, and one or none is chosen.
/// Shapes: x `[batch, height, width, 3]` → the same. Training only.
/// Source: Hendrycks et al., arXiv:1912.02781.
/// Example: `AugMix(numChains: 2, chainDepth: 2)`
public struct AugMix: RandomImageLayer {
  /// Lowest and highest value of a pixel.
  public var valueRange: [Double]
  /// How many chains are mixed.
  public var numChains: Int
  /// How many changes follow one another in a chain.
  public var chainDepth: Int
  /// How far each change goes, in 0 … 1.
  public var factor: RandomFactor
  /// α of the weights, above 0, at most 2.
  public var alpha: Double
  /// Whether brightness, color degeneration, contrast and sharpness are among the changes.
  public var allOps: Bool
  /// How pixels between the given ones are worked out.
  public var interpolation: Interpolation
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    valueRange: [Double] = [0, 255], numChains: Int = 3, chainDepth: Int = 3, factor: RandomFactor = 0.3,
    alpha: Double = 1, allOps: Bool = true, interpolation: Interpolation = .bilinear, name: String? = nil
  ) {
    self.valueRange = valueRange
    self.numChains = numChains
    self.chainDepth = chainDepth
    self.factor = factor
    self.alpha = alpha
    self.allOps = allOps
    self.interpolation = interpolation
    self.name = LayerName(name)
  }

  func changed(_ images: Tensor, _ scope: Scope) throws -> Tensor {
    try demandRange("valueRange", valueRange)
    try demandColors(images)
    try demand(
      (1...8).contains(numChains) && (1...8).contains(chainDepth), expected: "1 to 8 chains of 1 to 8 changes",
      given: "there are \(numChains) of \(chainDepth)")
    let changes = ImageChanges(
      factor: factor, valueRange: valueRange, interpolation: interpolation, takesColors: allOps)
    let parts = try scope.gamma(alpha, count: numChains)
    let weights = parts / parts.sum().maximum(1e-30)
    var mixed: Tensor?
    for chain in 0..<numChains {
      var output = images
      for _ in 0..<chainDepth { output = try changes.one(output, scope, orNone: true) }
      let part = output * weights[chain]
      mixed = mixed.map { $0 + part } ?? part
    }
    let own = try scope.beta(alpha, count: 1)
    guard let mixed else { return images }
    return (images * own + mixed * (1 - own)).clipped(valueRange[0], valueRange[1])
  }
}
