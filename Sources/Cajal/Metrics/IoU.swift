/// The overlap of predicted and true places over their union, the mean of some classes: TP / (TP + FP + FN).
///
/// Places of unknown classes do not count, classes that occur nowhere are left out of the mean.
///
/// Shapes: class numbers [batch, …] as target and prediction; of one that is not sparse, classes along `axis` [batch, …,
/// classes], of which the largest counts. Errors: `.shape` unless both have as many places; `.argument` for classes that
/// are not in 0 ..< `numClasses`.
/// Example: `metrics: [IoU(numClasses: 21, targetClassIds: [15], sparseYPred: false)]`
public struct IoU: Metric, Hashable {
  public var name: String
  /// How many classes there are.
  public var numClasses: Int
  /// The classes whose mean is taken.
  public var targetClassIds: [Int]
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
    numClasses: Int, targetClassIds: [Int], ignoreClass: Int? = nil, sparseYTrue: Bool = true,
    sparseYPred: Bool = true, axis: Int = -1, name: String = "io_u"
  ) {
    self.numClasses = numClasses
    self.targetClassIds = targetClassIds
    self.ignoreClass = ignoreClass
    self.sparseYTrue = sparseYTrue
    self.sparseYPred = sparseYPred
    self.axis = axis
    self.name = name
  }

  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
    guard numClasses > 0, targetClassIds.allSatisfy({ (0..<numClasses).contains($0) }) else {
      throw CajalError(
        .argument, name, expected: "classes in 0 ..< \(numClasses)", given: "targetClassIds are \(targetClassIds)")
    }
    let classes = ClassCounts(classes: numClasses, ignoreClass: ignoreClass)
    try classes.accumulate(
      scope, name, target: sparseYTrue ? target : target.argMax(axis: axis),
      prediction: sparseYPred ? prediction : prediction.argMax(axis: axis), weights: weights)
  }

  public func result(_ accumulators: [String: [Float]]) -> Double {
    ClassCounts.meanOverlap(accumulators, classes: numClasses, of: targetClassIds)
  }
}
