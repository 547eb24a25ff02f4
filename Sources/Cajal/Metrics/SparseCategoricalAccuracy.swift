/// The fraction of samples whose largest output is the target's class, for class numbers as targets.
///
/// Shapes: target [batch, …] or [batch, …, 1], prediction [batch, …, classes]. Of equal outputs the first counts.
/// Errors: `.shape` if they do not fit.
public struct SparseCategoricalAccuracy: SampleMean, Hashable {
  public var name: String
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(name: String = "sparse_categorical_accuracy") { self.name = name }

  public func values(target: Tensor, prediction: Tensor) throws -> Tensor {
    let labels = try target.classLabels(for: prediction, askedBy: name)
    return labels.cast(to: .int32) .== prediction.argMax()
  }
}

extension Metric where Self == SparseCategoricalAccuracy {
  /// ``SparseCategoricalAccuracy`` with its usual options.
  public static var sparseCategoricalAccuracy: SparseCategoricalAccuracy { SparseCategoricalAccuracy() }
}
