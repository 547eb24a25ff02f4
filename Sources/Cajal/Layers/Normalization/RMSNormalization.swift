/// Divides each sample by the root of the mean square over some of its axes, then scales: y = γ x / √(mean x² + ε).
///
/// Shapes: x `[batch, …]` → the same; `scale` has the sizes of `axis`, aligned at the last axes.
/// Source: Zhang and Sennrich, arXiv:1910.07467; ε is Keras's.
/// Example: `RMSNormalization()`
public struct RMSNormalization: Layer {
  /// The axes over which the mean is taken.
  public var axis: [Int]
  /// ε, added to the mean square so that it is never 0.
  public var epsilon: Double
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(axis: some SpatialSize = -1, epsilon: Double = 1e-6, name: String? = nil) {
    self.axis = axis.sizes(axes: 1)
    self.epsilon = epsilon
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    let axes = Set(try axis.map { try demandAxis($0, of: input) }).sorted()
    try demand(!axes.isEmpty, expected: "at least one axis", given: "there is none")
    try demand(epsilon > 0, expected: "an epsilon above 0", given: "it is \(epsilon)")
    let scale = input.scope.parameter("scale", Shape(axes.map { input.shape[$0] }), .ones)
    let aligned = Shape((axes[0]..<input.rank).map { axes.contains($0) ? input.shape[$0] : 1 })
    let factor = (input.squared().mean(axes: axes, keepsDimensions: true) + epsilon).rsqrt()
    return input * factor * scale.reshaped(aligned)
  }
}
