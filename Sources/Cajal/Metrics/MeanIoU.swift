/// The overlap of predicted and true places over their union, the mean of all classes: see ``IoU``.
///
/// Example: `metrics: [MeanIoU(numClasses: 21, sparseYPred: false)]`
public struct MeanIoU: Metric, Hashable {
  public var name: String
  /// How many classes there are.
  public var numClasses: Int
  /// A class of targets whose places do not count.
  public var ignoreClass: Int?
  /// Whether targets are class numbers rather than one number for each class.
  public var sparseYTrue: Bool
  /// Whether predictions are class numbers rather than one number for each class.
  public var sparseYPred: Bool
  /// The axis of classes, where there is one.
  public var axis: Int
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(
    numClasses: Int, ignoreClass: Int? = nil, sparseYTrue: Bool = true, sparseYPred: Bool = true,
    axis: Int =
      -1, name: String = "mean_io_u"
  ) {
    self.numClasses = numClasses
    self.ignoreClass = ignoreClass
    self.sparseYTrue = sparseYTrue
    self.sparseYPred = sparseYPred
    self.axis = axis
    self.name = name
  }

  private var overlap: IoU {
    IoU(
      numClasses: numClasses, targetClassIds: Array(0..<max(numClasses, 0)), ignoreClass: ignoreClass,
      sparseYTrue: sparseYTrue, sparseYPred: sparseYPred, axis: axis, name: name)
  }

  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
    try overlap.update(scope, target: target, prediction: prediction, weights: weights)
  }

  public func result(_ accumulators: [String: [Float]]) -> Double { overlap.result(accumulators) }
}

extension Metric where Self == MeanIoU {
  /// ``MeanIoU`` of so many classes.
  public static func meanIoU(numClasses: Int, sparseYPred: Bool = true) -> MeanIoU {
    MeanIoU(numClasses: numClasses, sparseYPred: sparseYPred)
  }
}
