/// The mean cosine of the angle between target and prediction: Σᵢ tᵢ yᵢ / (|t| |y|), in -1 … 1.
///
/// The loss of that name is its negative.
/// Shapes: target and prediction [batch, …, n], equal. Errors: `.shape` unless they are.
public struct CosineSimilarityMetric: SampleMean, Hashable {
  public var name: String
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(name: String = "cosine_similarity") { self.name = name }

  public static var className: String { "CosineSimilarity" }

  public func values(target: Tensor, prediction: Tensor) throws -> Tensor {
    try -CosineSimilarity()(target: target, prediction: prediction)
  }
}

extension Metric where Self == CosineSimilarityMetric {
  /// ``CosineSimilarityMetric``
  public static var cosineSimilarity: CosineSimilarityMetric { CosineSimilarityMetric() }
}
