/// The fraction of samples whose largest output is the target's class, for class numbers as targets.
///
/// Shapes: target [batch, …] or [batch, …, 1], prediction [batch, …, classes]. Of equal outputs the first counts.
/// Errors: `.shape` if they do not fit.
public struct SparseCategoricalAccuracy: SampleMean, Hashable {
  public var name: String
  public var better: MetricDirection { .higher }

  public init(name: String = "sparse_categorical_accuracy") { self.name = name }

  public func values(target: Tensor, prediction: Tensor) throws -> Tensor {
    let labels = try target.classLabels(for: prediction, askedBy: name)
    return labels.cast(to: .int32) .== prediction.argMax()
  }
}

extension Metric where Self == SparseCategoricalAccuracy {
  public static var sparseCategoricalAccuracy: SparseCategoricalAccuracy { SparseCategoricalAccuracy() }
}
