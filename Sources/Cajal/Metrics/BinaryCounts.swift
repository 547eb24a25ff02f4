/// Right and wrong answers of yes-or-no outputs, which precision, recall and F1 are made of.
struct BinaryCounts {
  /// Sums over everything seen, one for each class or one in all.
  var truePositives: [Double]
  var falsePositives: [Double]
  var falseNegatives: [Double]

  init(_ accumulators: [String: [Float]]) {
    func values(_ name: String) -> [Double] { (accumulators[name] ?? [0]).map(Double.init) }
    truePositives = values("true_positives")
    falsePositives = values("false_positives")
    falseNegatives = values("false_negatives")
  }

  /// Adds a batch: `said` and `truth` are bool tensors of one shape; axes that are not summed stay in the counts.
  static func accumulate(_ scope: MetricScope, said: Tensor, truth: Tensor, weights: Tensor?, axes: [Int]? = nil) {
    let (said, truth) = (said.cast(to: .float32), truth.cast(to: .float32))
    let weights = weights?.asWeights(of: truth)
    func add(_ name: String, _ values: Tensor) {
      scope.accumulate(name, (weights.map { values * $0 } ?? values).sum(axes: axes))
    }
    add("true_positives", said * truth)
    add("false_positives", said * (1 - truth))
    add("false_negatives", (1 - said) * truth)
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
