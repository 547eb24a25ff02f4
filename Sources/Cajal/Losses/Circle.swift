/// Draws samples of one class together on the unit sphere and others apart, in proportion to how far each still is.
///
/// With cosine distances dᵢⱼ = max(0, 1 - yᵢ · yⱼ) between the batch's rows and margin m:
/// ln (1 + Σ_positive exp(-γ (m + d)(m - d)) · Σ_negative exp(γ max(0, 1 + m - d)(1 - m - d))). A sample without another
/// of its class in the batch, or without one of another class, has no loss; the mean is over the rest.
///
/// Shapes: class numbers [batch] or [batch, 1] as target, rows of length 1 [batch, n] as prediction → [batch].
/// Errors: `.shape` unless predictions have two axes and there is a class for each.
/// Source: Sun et al., "Circle Loss", arXiv:2002.10857.
public struct Circle: Loss, Hashable {
  /// How sharply distances are told apart.
  public var gamma: Double
  /// How far a positive may and a negative must be.
  public var margin: Double
  /// Whether a sample is no positive of its own.
  public var removeDiagonal: Bool

  /// The loss; each option is the property of that name.
  public init(gamma: Double = 80, margin: Double = 0.4, removeDiagonal: Bool = true) {
    self.gamma = gamma
    self.margin = margin
    self.removeDiagonal = removeDiagonal
  }

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    guard !target.shape.isPoisoned, !prediction.shape.isPoisoned else { return target }
    guard prediction.rank == 2 else {
      throw CajalError(
        .shape, Self.className, expected: "predictions [batch, n]", given: "their shape is \(prediction.shape)")
    }
    let labels = try target.classLabels(for: prediction, askedBy: Self.className)
    let batch = prediction.shape[0]
    var isPositive = labels.reshaped([batch, 1]) .== labels.reshaped([1, batch])
    let isNegative = isPositive.not()
    if removeDiagonal { isPositive = isPositive.and(Tensor.identity(batch).cast(to: .bool).not()) }

    let distances = (1 - prediction.matmul(prediction, transposeOther: true)).relu()
    let near = -gamma * (margin + distances) * (margin - distances)
    let far = gamma * ((1 + margin) - distances).relu() * ((1 - margin) - distances)
    // Far below any other: its exponential is 0, and so is the loss of a sample that has no pair.
    let none = distances.filled(-1e9)
    let positives = isPositive.select(near, none).logSumExp(axes: [1])
    let negatives = isNegative.select(far, none).logSumExp(axes: [1])
    let values = (positives + negatives).softplus()
    let counted = (values .> 0).cast(to: values.dtype).sum()
    return values * (Double(batch) / counted.maximum(1))
  }
}

extension Loss where Self == Circle {
  /// ``Circle`` with its usual options.
  public static var circle: Circle { Circle() }
}
