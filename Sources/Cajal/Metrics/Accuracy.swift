/// The fraction of right answers, counted as the shapes of target and prediction ask for.
///
/// One output: yes or no, as `BinaryAccuracy`. Class numbers against several outputs: as `SparseCategoricalAccuracy`.
/// One-hot targets: as `CategoricalAccuracy`.
/// Example: `model.compile(optimizer: .adam(), loss: .categoricalCrossentropy, metrics: [.accuracy])`
public struct Accuracy: SampleMean, Hashable {
  public var name: String
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(name: String = "accuracy") { self.name = name }

  public func values(target: Tensor, prediction: Tensor) throws -> Tensor {
    if prediction.rank < 2 || prediction.shape.last == 1 {
      return try BinaryAccuracy(name: name).values(target: target, prediction: prediction)
    }
    if target.rank < prediction.rank || target.shape.last == 1 {
      return try SparseCategoricalAccuracy(name: name).values(target: target, prediction: prediction)
    }
    return try CategoricalAccuracy(name: name).values(target: target, prediction: prediction)
  }
}

extension Metric where Self == Accuracy {
  /// ``Accuracy`` with its usual options.
  public static var accuracy: Accuracy { Accuracy() }
}
