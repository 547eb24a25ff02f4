/// The overlap of predicted and true places over their union for one-hot targets, the mean of some classes: see ``IoU``.
///
/// Example: `metrics: [OneHotIoU(numClasses: 3, targetClassIds: [0, 2])]`
public struct OneHotIoU: Metric, Hashable {
  public var name: String
  /// How many classes there are.
  public var numClasses: Int
  /// The classes whose mean is taken.
  public var targetClassIds: [Int]
  /// A class of targets whose places do not count.
  public var ignoreClass: Int?
  /// Whether predictions are class numbers rather than one number for each class.
  public var sparseYPred: Bool
  /// The axis of classes, where there is one.
  public var axis: Int
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(
    numClasses: Int, targetClassIds: [Int], ignoreClass: Int? = nil, sparseYPred: Bool = false, axis: Int = -1,
    name: String = "one_hot_io_u"
  ) {
    self.numClasses = numClasses
    self.targetClassIds = targetClassIds
    self.ignoreClass = ignoreClass
    self.sparseYPred = sparseYPred
    self.axis = axis
    self.name = name
  }

  private var overlap: IoU {
    IoU(
      numClasses: numClasses, targetClassIds: targetClassIds, ignoreClass: ignoreClass,
      sparseYTrue: false, sparseYPred: sparseYPred, axis: axis, name: name)
  }

  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
    try overlap.update(scope, target: target, prediction: prediction, weights: weights)
  }

  public func result(_ accumulators: [String: [Float]]) -> Double { overlap.result(accumulators) }
}
