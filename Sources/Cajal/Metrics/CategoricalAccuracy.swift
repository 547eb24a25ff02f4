/// The fraction of samples whose largest output is the target's class, for one-hot targets.
///
/// Shapes: target and prediction [batch, …, classes]. Of equal outputs the first counts.
/// Errors: `.shape` unless both are equal and have an axis of classes.
public struct CategoricalAccuracy: SampleMean, Hashable {
  public var name: String
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(name: String = "categorical_accuracy") { self.name = name }

  public func values(target: Tensor, prediction: Tensor) throws -> Tensor {
    try demand(
      target.shape == prediction.shape && target.rank > 1, expected: "equal shapes [batch, …, classes]", target: target,
      prediction: prediction)
    return target.argMax() .== prediction.argMax()
  }
}

extension Metric where Self == CategoricalAccuracy {
  /// ``CategoricalAccuracy`` with its usual options.
  public static var categoricalAccuracy: CategoricalAccuracy { CategoricalAccuracy() }
}
