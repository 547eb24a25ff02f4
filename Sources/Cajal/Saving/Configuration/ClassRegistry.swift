import Synchronization

/// Classes by their names in files: what is built in, and what a program has registered.
final class ClassRegistry<Class: Sendable>: Sendable {
  private let kind: String
  private let builtIn: [String: Class]
  private let registered = Mutex<[String: Class]>([:])

  /// - Parameter kind: What the classes are, for messages: `optimizers`.
  init(_ kind: String, _ builtIn: [(String, Class)]) {
    self.kind = kind
    self.builtIn = Dictionary(builtIn, uniquingKeysWith: { first, _ in first })
  }

  func register(_ type: Class, as name: String) { registered.withLock { $0[name] = type } }

  func find(_ name: String) -> Class? { registered.withLock { $0[name] } ?? builtIn[name] }

  var names: [String] { builtIn.keys.sorted() }

  func type(named name: String) throws -> Class {
    if let type = find(name) { return type }
    throw CajalError(
      .missing, kind, expected: "a known class", given: "the name is \"\(name.prefix(80))\"",
      advice: "Register your own before reading: \(kind).register(\(name.prefix(80)).self).")
  }
}

/// The classes of optimizers by their names in files; a program registers its own before it reads a model with one.
///
/// Example: `OptimizerRegistry.register(Rprop.self)`
public enum OptimizerRegistry {
  static let classes = ClassRegistry<any Optimizer.Type>(
    "OptimizerRegistry",
    ([
      SGD.self, RMSprop.self, Adagrad.self, Adadelta.self, Adam.self, AdamW.self, Adamax.self, Nadam.self, Lion.self,
      Ftrl.self, Adafactor.self, Lamb.self, Muon.self, MultiOptimizer.self, ScheduleFreeAdamW.self,
    ] as [any Optimizer.Type]).map { ($0.className, $0) })

  /// Makes a class of optimizers readable from files; the last one of a name counts.
  public static func register(_ type: any Optimizer.Type) { classes.register(type, as: type.className) }
}

/// The classes of learning-rate schedules by their names in files.
///
/// Example: `ScheduleRegistry.register(Warmup.self)`
public enum ScheduleRegistry {
  static let classes = ClassRegistry<any LearningRateSchedule.Type>(
    "ScheduleRegistry",
    ([
      PiecewiseConstantDecay.self, InverseTimeDecay.self, CosineDecay.self, PolynomialDecay.self,
      CosineDecayRestarts.self, ExponentialDecay.self,
    ] as [any LearningRateSchedule.Type]).map { ($0.className, $0) })

  /// Makes a class of schedules readable from files; the last one of a name counts.
  public static func register(_ type: any LearningRateSchedule.Type) { classes.register(type, as: type.className) }
}

/// The classes of losses by their names in files.
///
/// Example: `LossRegistry.register(QuantileLoss.self)`
public enum LossRegistry {
  static let classes = ClassRegistry<any Loss.Type>(
    "LossRegistry",
    ([
      BernoulliLikelihood.self, BinaryCrossentropy.self, BinaryFocalCrossentropy.self, CTC.self,
      CategoricalCrossentropy.self, GaussianLikelihood.self,
      CategoricalFocalCrossentropy.self, CategoricalGeneralizedCrossEntropy.self, CategoricalHinge.self, Circle.self,
      CosineSimilarity.self, Dice.self, Hinge.self, Huber.self, KLDivergence.self, LogCosh.self, MeanAbsoluteError.self,
      MeanAbsolutePercentageError.self, MeanSquaredError.self, MeanSquaredLogarithmicError.self, ObservedSquaredError.self,
      PerceptronLoss.self, Poisson.self, QuadraticError.self, SparseCategoricalCrossentropy.self, SquaredHinge.self, Tversky.self,
    ] as [any Loss.Type]).map { ($0.className, $0) })

  /// Makes a class of losses readable from files; the last one of a name counts.
  public static func register(_ type: any Loss.Type) { classes.register(type, as: type.className) }
}

/// The classes of metrics by their names in files. The mean of a loss is known wherever the loss is.
///
/// Example: `MetricRegistry.register(LargestOutput.self)`
public enum MetricRegistry {
  static let classes = ClassRegistry<any Metric.Type>(
    "MetricRegistry",
    ([
      AUC.self, Accuracy.self, BinaryAccuracy.self, BinaryIoU.self, CategoricalAccuracy.self,
      ConcordanceCorrelation.self, CosineSimilarityMetric.self, F1Score.self, FBetaScore.self, FalseNegatives.self,
      FalsePositives.self, IoU.self, LogCoshError.self, MeanIoU.self, OneHotIoU.self, OneHotMeanIoU.self,
      PearsonCorrelation.self, Precision.self, PrecisionAtRecall.self, R2Score.self, Recall.self,
      RecallAtPrecision.self, RootMeanSquaredError.self, SensitivityAtSpecificity.self, SparseCategoricalAccuracy.self,
      SparseTopKCategoricalAccuracy.self, SpecificityAtSensitivity.self, TopKCategoricalAccuracy.self,
      TrueNegatives.self, TruePositives.self,
    ] as [any Metric.Type]).map { ($0.className, $0) })

  /// Makes a class of metrics readable from files; the last one of a name counts.
  public static func register(_ type: any Metric.Type) { classes.register(type, as: type.className) }

  static func type(named name: String) throws -> any Metric.Type {
    if let type = classes.find(name) { return type }
    func mean<Value: Loss>(_ type: Value.Type) -> any Metric.Type { LossMean<Value>.self }
    if let loss = LossRegistry.classes.find(name) { return mean(loss) }
    return try classes.type(named: name)
  }
}
