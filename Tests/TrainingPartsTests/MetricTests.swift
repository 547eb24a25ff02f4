import Testing

@testable import Cajal

@Suite struct MetricTests {
  static let metrics: [String: any Metric] = [
    "binaryAccuracy": .binaryAccuracy, "binaryAccuracy/0.3": .binaryAccuracy(threshold: 0.3),
    "categoricalAccuracy": .categoricalAccuracy, "sparseCategoricalAccuracy": .sparseCategoricalAccuracy,
    "accuracy": .accuracy, "topKCategoricalAccuracy/2": .topKCategoricalAccuracy(k: 2),
    "sparseTopKCategoricalAccuracy/3": .sparseTopKCategoricalAccuracy(k: 3), "meanSquaredError": .mse,
    "meanAbsoluteError": .mae, "meanAbsolutePercentageError": .mape, "rootMeanSquaredError": .rmse,
    "precision": .precision, "precision/class1": .precision(classIndex: 1), "recall": .recall,
    "recall/0.7": .recall(threshold: 0.7), "f1/macro": .f1, "f1/weighted": .f1(average: .weighted),
    "f1/micro0.5": .f1(average: .micro, threshold: 0.5), "auc": .auc, "auc/pr": .auc(curve: .precisionRecall),
    "auc/minoring": .auc(summation: .minoring),
    "auc/pr-majoring": .auc(curve: .precisionRecall, summation: .majoring), "binaryCrossentropy": .binaryCrossentropy,
    "categoricalCrossentropy": .categoricalCrossentropy, "r2": .r2,
    "ioU": IoU(numClasses: 4, targetClassIds: [0, 2]),
    "ioU/ignore": IoU(numClasses: 4, targetClassIds: [0, 1, 3], ignoreClass: 1),
    "meanIoU": MeanIoU(numClasses: 4), "meanIoU/dense": MeanIoU(numClasses: 4, sparseYPred: false),
    "oneHotIoU": OneHotIoU(numClasses: 4, targetClassIds: [1, 3]), "oneHotMeanIoU": OneHotMeanIoU(numClasses: 4),
    "binaryIoU": BinaryIoU(threshold: 0.4), "truePositives": TruePositives(),
    "falsePositives/0.3": FalsePositives(threshold: 0.3), "trueNegatives": TrueNegatives(),
    "falseNegatives": FalseNegatives(), "precision/top2": .precision(topK: 2),
    "precision/top2-0.6": .precision(threshold: 0.6, topK: 2), "recall/top3-class1": .recall(topK: 3, classIndex: 1),
    "precisionAtRecall": PrecisionAtRecall(recall: 0.6),
    "recallAtPrecision": RecallAtPrecision(precision: 0.7, numThresholds: 50),
    "sensitivityAtSpecificity": SensitivityAtSpecificity(specificity: 0.6),
    "sensitivityAtSpecificity/one": SensitivityAtSpecificity(specificity: 0.2, numThresholds: 1),
    "specificityAtSensitivity/class2": SpecificityAtSensitivity(sensitivity: 0.5, classId: 2),
    "fBeta": FBetaScore(beta: 2), "fBeta/weighted": FBetaScore(average: .weighted, beta: 0.5, threshold: 0.5),
    "pearsonCorrelation": PearsonCorrelation(), "concordanceCorrelation": ConcordanceCorrelation(),
    "cosineSimilarity": .cosineSimilarity, "logCosh": LogCoshError(), "hinge": .hinge, "squaredHinge": .squaredHinge,
    "categoricalHinge": .categoricalHinge, "poisson": .poisson,
    "r2/variance": R2Score(classAggregation: .varianceWeightedAverage), "r2/adjusted": R2Score(numRegressors: 3),
    "auc/labels": .auc(multiLabel: true), "auc/weighted-labels": .auc(multiLabel: true, labelWeights: [1, 2, 0.5]),
    "auc/label-weights": .auc(labelWeights: [1, 2, 0.5]),
    "precision/thresholds": Precision(thresholds: [0.2, 0.5, 0.8]),
    "precision/thresholds-top2": Precision(thresholds: [0.3, 0.6], topK: 2, classIndex: 3),
    "recall/thresholds": Recall(thresholds: [0.2, 0.5, 0.8]),
    "truePositives/thresholds": TruePositives(thresholds: [0.2, 0.7]),
    "falsePositives/thresholds": FalsePositives(thresholds: [0.2, 0.7]),
    "trueNegatives/thresholds": TrueNegatives(thresholds: [0.2, 0.7]),
    "falseNegatives/thresholds": FalseNegatives(thresholds: [0.2, 0.7]), "f1/each": .f1(average: .none),
    "fBeta/each": FBetaScore(average: .none, beta: 2, threshold: 0.4), "r2/each": R2Score(classAggregation: nil),
    "auc/thresholds": .auc(thresholds: [0.45, 0.1, 0.7]),
    "auc/thresholds-labels": .auc(thresholds: [0.1, 0.45, 0.7], multiLabel: true),
    "auc/gain": .auc(curve: .precisionRecallGain),
    "auc/gain-minoring": .auc(curve: .precisionRecallGain, summation: .minoring),
    "sparseTopKCategoricalAccuracy/sorted": SparseTopKCategoricalAccuracy(k: 2, fromSortedIds: true),
  ]

  /// The metric after batches of about a third of the samples.
  static func tracked(_ metric: any Metric, _ target: [Tensor], _ prediction: [Tensor], _ weights: [Tensor]?) throws
    -> MetricTracker
  {
    var tracker = MetricTracker(metric)
    for index in target.indices {
      try tracker.update(target: target[index], prediction: prediction[index], weights: weights?[index])
    }
    return tracker
  }

  /// Rows of an array as three batches.
  static func batches(_ values: [Float], _ shape: Shape) -> [Tensor] {
    let row = shape.count / shape[0]
    let bounds = [0, (shape[0] + 2) / 3, (shape[0] * 2 + 2) / 3, shape[0]]
    return (0..<3).map { index in
      let part = Array(values[bounds[index] * row..<bounds[index + 1] * row])
      return Tensor(part, shape: Shape([bounds[index + 1] - bounds[index]] + shape.dimensions.dropFirst()))
    }
  }

  @Test(arguments: try GoldenRow.rows("metrics.json"))
  func valuesFollowKeras(_ row: GoldenRow) throws {
    let metric = try #require(Self.metrics[row.name])
    let shape = try row.shape("shape")
    let weights = try row.floats("weights")
    let tracker = try Self.tracked(
      metric, Self.batches(try row.floats("target"), try row.shape("target_shape")),
      Self.batches(try row.floats("prediction"), shape),
      weights.isEmpty ? nil : Self.batches(weights, [shape[0]]))
    let wanted = try row.numbers("result")
    expectClose(tracker.results, wanted, tolerance: 3e-6, metric.name)
    expectClose([tracker.result], [wanted.reduce(0, +) / Double(wanted.count)], tolerance: 3e-6, metric.name)
  }

  @Test func everyMetricHasGoldenRows() throws {
    #expect(Set(try GoldenRow.rows("metrics.json").map(\.name)) == Set(Self.metrics.keys))
  }

  @Test func trackersAddBatchesUp() throws {
    var tracker = MetricTracker(.meanAbsoluteError)
    try tracker.update(target: Tensor([[1], [2]]), prediction: Tensor([[2], [4]]))
    try tracker.update(target: Tensor([[0]]), prediction: Tensor([[6]]), weights: Tensor([0.5]))
    expectClose([tracker.result], [6 / 2.5], tolerance: 1e-6)
    tracker.reset()
    #expect(tracker.result.isNaN)

    var (mean, sum) = (Mean(), Sum())
    #expect(mean.result == 0)
    mean.update(Tensor([[1, 2], [3, 4]]), weights: Tensor([1, 0]))
    mean.update(4.5)
    expectClose([mean.result], [2.5], tolerance: 1e-6)
    sum.update(Tensor([1, 2, 3]), weights: Tensor([1, 1, 2]))
    #expect(sum.result == 9)
  }

  @Test func aMetricOfALossesNameIsItself() throws {
    // The metric is the cosine, the loss its negative.
    #expect(try MetricRegistry.type(named: "CosineSimilarity").className == "CosineSimilarity")
    #expect(try MetricRegistry.type(named: "CosineSimilarity") == CosineSimilarityMetric.self)
  }

  @Test func namesAreThoseOfKeras() {
    let metrics: [any Metric] = [
      .accuracy, .mse, .meanSquaredError, .auc(), .rmse, .f1(), .r2, .topKCategoricalAccuracy(),
    ]
    #expect(
      metrics.map(\.name) == [
        "accuracy", "mse", "mean_squared_error", "auc", "rmse", "f1_score", "r2_score", "top_k_categorical_accuracy",
      ])
    #expect(MeanSquaredErrorMetric.className == "MeanSquaredError")
    #expect(metrics.map(\.better) == [.higher, .lower, .lower, .higher, .lower, .higher, .higher, .higher])
  }

  @Test func nothingSeenIsNaNOrZero() {
    #expect(Accuracy().result([:]).isNaN)
    #expect(AUC().result([:]).isNaN)
    #expect(R2Score().result([:]).isNaN)
    #expect(Precision().result([:]) == 0)
  }

  @Test
  func valuesOutsideTheRangeStayInTheCounts() throws {
    let tracker = try Self.tracked(
      AUC(), [Tensor([0, 1, 0, 1])], [Tensor([-3, 7, .nan, .infinity])], nil)
    #expect(tracker.result == 1)
  }

  @Test
  func tiesAndUnknownClassesInTopK() throws {
    let outputs = Tensor([[0.3, 0.3, 0.3], [0.3, 0.3, 0.3], [.nan, 1, 0]])
    let labels = Tensor([Int32(2), 7, 0], shape: [3])
    // A tie is a hit; class 7 and an output that is no number are misses.
    let tracker = try Self.tracked(SparseTopKCategoricalAccuracy(k: 1), [labels], [outputs], nil)
    expectClose([tracker.result], [1.0 / 3], tolerance: 1e-6)
  }

  @Test func misfitsAreNamed() {
    let scope = MetricScope { _, _ in }
    #expect(
      message {
        try CategoricalAccuracy().update(scope, target: .zeros([4]), prediction: .zeros([4, 3]), weights: nil)
      }
        == "categorical_accuracy: expected equal shapes [batch, …, classes], but targets are [4] and predictions [4, 3]."
    )
    #expect(
      message {
        try Precision(classIndex: 3).update(scope, target: .zeros([4, 3]), prediction: .zeros([4, 3]), weights: nil)
      } == "precision: expected a class in 0 ..< 3, but classIndex is 3.")
    #expect(
      message {
        try TopKCategoricalAccuracy(k: 0).update(
          scope, target: .zeros([4, 3]), prediction: .zeros([4, 3]), weights: nil)
      } == "top_k_categorical_accuracy: expected k of at least 1, but it is 0.")
  }
}
