/// The overlap over the union of yes and of no, the mean of both: TP / (TP + FP + FN).
///
/// Shapes: target (0 or 1) and prediction [batch, …], equal. Errors: `.shape` unless both have as many places;
/// `.argument` for classes other than 0 and 1.
/// Example: `metrics: [BinaryIoU(targetClassIds: [1], threshold: 0.3)]`
public struct BinaryIoU: Metric, Hashable {
  public var name: String
  /// 1 for what is said to be, 0 for the rest.
  public var targetClassIds: [Int]
  /// Outputs of at least this say yes.
  public var threshold: Double
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(targetClassIds: [Int] = [0, 1], threshold: Double = 0.5, name: String = "binary_io_u") {
    self.targetClassIds = targetClassIds
    self.threshold = threshold
    self.name = name
  }

  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
    try IoU(numClasses: 2, targetClassIds: targetClassIds, name: name).update(
      scope, target: target, prediction: (prediction .>= threshold).cast(to: .int32), weights: weights)
  }

  public func result(_ accumulators: [String: [Float]]) -> Double {
    ClassCounts.meanOverlap(accumulators, classes: 2, of: targetClassIds)
  }
}

extension Metric where Self == BinaryIoU {
  /// ``BinaryIoU`` with its usual options.
  public static var binaryIoU: BinaryIoU { BinaryIoU() }
}
