/// The overlap of predicted and true places over their union for one-hot targets, the mean of all classes: see ``IoU``.
///
/// Example: `metrics: [OneHotMeanIoU(numClasses: 3)]`
public struct OneHotMeanIoU: Metric, Hashable {
  public var name: String
  /// How many classes there are.
  public var numClasses: Int
  /// A class of targets whose places do not count.
  public var ignoreClass: Int?
  /// Whether predictions are class numbers rather than one number for each class.
  public var sparseYPred: Bool
  /// The axis of classes, where there is one.
  public var axis: Int
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(
    numClasses: Int, ignoreClass: Int? = nil, sparseYPred: Bool = false, axis: Int = -1,
    name: String =
      "one_hot_mean_io_u"
  ) {
    self.numClasses = numClasses
    self.ignoreClass = ignoreClass
    self.sparseYPred = sparseYPred
    self.axis = axis
    self.name = name
  }

  private var overlap: IoU {
    IoU(
      numClasses: numClasses, targetClassIds: Array(0..<max(numClasses, 0)), ignoreClass: ignoreClass,
      sparseYTrue: false, sparseYPred: sparseYPred, axis: axis, name: name)
  }

  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
    try overlap.update(scope, target: target, prediction: prediction, weights: weights)
  }

  public func result(_ accumulators: [String: [Float]]) -> Double { overlap.result(accumulators) }
}

extension Metric where Self == OneHotMeanIoU {
  /// ``OneHotMeanIoU`` of so many classes.
  public static func oneHotMeanIoU(numClasses: Int) -> OneHotMeanIoU {
    OneHotMeanIoU(numClasses: numClasses)
  }
}
