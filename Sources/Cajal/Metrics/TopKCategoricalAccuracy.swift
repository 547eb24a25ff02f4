/// The fraction of samples whose class is among the k largest outputs, for one-hot targets.
///
/// A class counts as among them where fewer than k outputs are larger, so ties count as hits.
/// Shapes: target and prediction [batch, …, classes]. Errors: `.shape` unless both are equal; `.argument` for k < 1.
public struct TopKCategoricalAccuracy: SampleMean, Hashable {
  public var name: String
  /// How many of the largest outputs are looked at.
  public var k: Int
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(k: Int = 5, name: String = "top_k_categorical_accuracy") {
    self.k = k
    self.name = name
  }

  public func values(target: Tensor, prediction: Tensor) throws -> Tensor {
    try demand(
      target.shape == prediction.shape && target.rank > 1, expected: "equal shapes [batch, …, classes]", target: target,
      prediction: prediction)
    return try target.argMax().isAmongLargest(k, of: prediction, askedBy: name)
  }
}

/// The fraction of samples whose class is among the k largest outputs, for class numbers as targets.
///
/// Shapes: target [batch, …] or [batch, …, 1], prediction [batch, …, classes], or as many class numbers as there are with
/// `fromSortedIds`. Errors: `.shape` if they do not fit;
/// `.argument` for k < 1.
public struct SparseTopKCategoricalAccuracy: SampleMean, Hashable {
  public var name: String
  /// How many of the largest outputs are looked at.
  public var k: Int
  /// Whether predictions are class numbers, the most likely first, rather than a number for each class.
  public var fromSortedIds: Bool
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(k: Int = 5, fromSortedIds: Bool = false, name: String = "sparse_top_k_categorical_accuracy") {
    self.k = k
    self.fromSortedIds = fromSortedIds
    self.name = name
  }

  public func values(target: Tensor, prediction: Tensor) throws -> Tensor {
    let labels = try target.classLabels(for: prediction, askedBy: name)
    if fromSortedIds, k >= 1, !prediction.shape.isPoisoned {
      let first = prediction.slice(axis: -1, 0..<min(k, prediction.shape.last))
      return (first.cast(to: .int32) .== labels.cast(to: .int32).expandingDimension(at: -1)).any(axes: [-1])
    }
    return try labels.isAmongLargest(k, of: prediction, askedBy: name)
  }
}

extension Tensor {
  /// For class numbers [batch, …] and outputs [batch, …, classes]: whether fewer than k outputs exceed the class's own.
  fileprivate func isAmongLargest(_ k: Int, of outputs: Tensor, askedBy name: String) throws -> Tensor {
    guard k >= 1 else { throw CajalError(.argument, name, expected: "k of at least 1", given: "it is \(k)") }
    let isOwn = oneHot(outputs.shape.last, dtype: .bool)
    let own = isOwn.select(outputs, outputs.filled(0)).sum(axes: [-1], keepsDimensions: true)
    let larger = (outputs .> own).cast(to: .float32).sum(axes: [-1])
    let isKnown = own.isFinite().squeezed(axes: [-1]).and(isOwn.any(axes: [-1]))
    return (larger .< Double(k)).and(isKnown)
  }
}

extension Metric where Self == TopKCategoricalAccuracy {
  /// ``TopKCategoricalAccuracy`` with options of one's own.
  public static func topKCategoricalAccuracy(k: Int = 5) -> TopKCategoricalAccuracy { TopKCategoricalAccuracy(k: k) }
}

extension Metric where Self == SparseTopKCategoricalAccuracy {
  /// ``SparseTopKCategoricalAccuracy`` with options of one's own.
  public static func sparseTopKCategoricalAccuracy(k: Int = 5) -> SparseTopKCategoricalAccuracy {
    SparseTopKCategoricalAccuracy(k: k)
  }
}
