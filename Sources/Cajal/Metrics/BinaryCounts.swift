/// A batch of yes-or-no answers: what the model says and what is true, `bool` tensors that fit one another.
struct Answers {
  var said: Tensor
  var truth: Tensor
  /// Weights of the answers' shape.
  var weights: Tensor?
  /// The axes that are summed; the others stay in the counts. All by default.
  var axes: [Int]?

  /// Adds up the weights of those answers that count.
  func accumulate(_ scope: MetricScope, _ name: String, _ counts: Tensor) {
    let values = counts.cast(to: .float32)
    scope.accumulate(name, (weights.map { values * $0 } ?? values).sum(axes: axes))
  }

  /// Adds up what `BinaryCounts` has.
  func accumulateCounts(_ scope: MetricScope) {
    accumulate(scope, "true_positives", said.and(truth))
    accumulate(scope, "false_positives", said.and(truth.not()))
    accumulate(scope, "false_negatives", said.not().and(truth))
  }
}

/// Right and wrong answers of yes-or-no outputs, which precision, recall and F1 are made of.
struct BinaryCounts {
  /// Sums over everything seen, one for each class or threshold or one in all.
  var truePositives: [Double]
  var falsePositives: [Double]
  var falseNegatives: [Double]

  /// - Parameter count: How many zeros there are before the first batch.
  init(_ accumulators: [String: [Float]], count: Int = 1) {
    func values(_ name: String) -> [Double] {
      accumulators[name]?.map(Double.init) ?? Array(repeating: 0, count: count)
    }
    truePositives = values("true_positives")
    falsePositives = values("false_positives")
    falseNegatives = values("false_negatives")
  }

  /// a / b, and 0 where b is 0.
  static func ratio(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }
}

extension Metric {
  /// Target and prediction of one class, or of all outputs together.
  func positives(_ target: Tensor, _ prediction: Tensor, _ classIndex: Int?) throws -> (Tensor, Tensor) {
    try demand(target.shape == prediction.shape, expected: "equal shapes", target: target, prediction: prediction)
    guard let classIndex, !prediction.shape.isPoisoned else { return (target, prediction) }
    guard prediction.rank > 1, (0..<prediction.shape.last).contains(classIndex) else {
      throw CajalError(
        .argument, name, expected: "a class in 0 ..< \(prediction.shape.last)", given: "classIndex is \(classIndex)")
    }
    func column(_ x: Tensor) -> Tensor { x.gathered(Tensor([Int32(classIndex)], shape: [1]), axis: -1) }
    return (column(target), column(prediction))
  }
}

extension Tensor {
  /// All but the k largest of the last axis far below any threshold.
  func keepingLargest(_ k: Int, askedBy name: String) throws -> Tensor {
    guard !shape.isPoisoned else { return self }
    guard rank > 1, (1...shape.last).contains(k) else {
      throw CajalError(
        .argument, name, expected: "k in 1 ... \(rank > 1 ? shape.last : 0), the number of outputs",
        given: "topK is \(k)")
    }
    let isLarge = topK(k).indices.oneHot(shape.last).sum(axes: [-2])
    return (isLarge .> 0).select(self, filled(-1e10))
  }
}
