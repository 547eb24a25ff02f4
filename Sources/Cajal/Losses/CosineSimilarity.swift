/// The negative cosine of the angle between target and prediction: -Σᵢ tᵢ yᵢ / (|t| |y|), in -1 … 1.
///
/// -1 where they point the same way. A vector shorter than 1e-7 counts as one of that length, so its loss is near 0.
/// Shapes: target and prediction [batch, …, n] → [batch, …].
/// Errors: `.shape` unless both shapes are equal and have two axes or more.
public struct CosineSimilarity: Loss, Hashable {
  /// The loss.
  public init() {}

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    try demandVectors(prediction)
    let target = try matched(target, to: prediction)
    let smallest = lossEpsilon * lossEpsilon
    func direction(_ x: Tensor) -> Tensor {
      x * x.squared().sum(axes: [-1], keepsDimensions: true).maximum(smallest).rsqrt()
    }
    return -(direction(target) * direction(prediction)).sum(axes: [-1])
  }
}

extension Loss where Self == CosineSimilarity {
  /// ``CosineSimilarity`` with its usual options.
  public static var cosineSimilarity: CosineSimilarity { CosineSimilarity() }
}
