/// The fraction of outputs on the right side of a threshold: yᵢ > threshold against tᵢ = 1.
///
/// Shapes: target and prediction equal; each output counts on its own. Errors: `.shape` unless they are equal.
public struct BinaryAccuracy: SampleMean, Hashable {
  public var name: String
  /// 0.5 for probabilities, 0 for logits.
  public var threshold: Double
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(threshold: Double = 0.5, name: String = "binary_accuracy") {
    self.threshold = threshold
    self.name = name
  }

  public func values(target: Tensor, prediction: Tensor) throws -> Tensor {
    try demand(target.shape == prediction.shape, expected: "equal shapes", target: target, prediction: prediction)
    return (prediction .> threshold).cast(to: .float32) .== target.cast(to: .float32)
  }
}

extension Metric where Self == BinaryAccuracy {
  /// ``BinaryAccuracy`` with its usual options.
  public static var binaryAccuracy: BinaryAccuracy { BinaryAccuracy() }
  /// ``BinaryAccuracy`` with options of one's own.
  public static func binaryAccuracy(threshold: Double) -> BinaryAccuracy { BinaryAccuracy(threshold: threshold) }
}
