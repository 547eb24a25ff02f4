/// The mean of a loss over all samples seen, as a metric.
///
/// Example: `metrics: [.mse, .meanAbsoluteError, LossMean(Huber(delta: 2), name: "huber")]`
public struct LossMean<Value: Loss>: SampleMean {
  public var name: String
  /// The loss whose mean it is.
  public var loss: Value
  public var better: MetricDirection

  /// The mean of a loss, under a name of its own.
  public init(_ loss: Value, name: String, better: MetricDirection = .lower) {
    self.loss = loss
    self.name = name
    self.better = better
  }

  public static var className: String { Value.className }

  public func values(target: Tensor, prediction: Tensor) throws -> Tensor {
    try loss(target: target, prediction: prediction)
  }
}

/// The mean of ``MeanSquaredError`` over all samples.
public typealias MeanSquaredErrorMetric = LossMean<MeanSquaredError>
/// The mean of ``MeanAbsoluteError`` over all samples.
public typealias MeanAbsoluteErrorMetric = LossMean<MeanAbsoluteError>
/// The mean of ``MeanAbsolutePercentageError`` over all samples.
public typealias MeanAbsolutePercentageErrorMetric = LossMean<MeanAbsolutePercentageError>
/// The mean of ``MeanSquaredLogarithmicError`` over all samples.
public typealias MeanSquaredLogarithmicErrorMetric = LossMean<MeanSquaredLogarithmicError>
/// The mean of ``BinaryCrossentropy`` over all samples.
public typealias BinaryCrossentropyMetric = LossMean<BinaryCrossentropy>
/// The mean of ``CategoricalCrossentropy`` over all samples.
public typealias CategoricalCrossentropyMetric = LossMean<CategoricalCrossentropy>
/// The mean of ``SparseCategoricalCrossentropy`` over all samples.
public typealias SparseCategoricalCrossentropyMetric = LossMean<SparseCategoricalCrossentropy>
/// The mean of ``KLDivergence`` over all samples.
public typealias KLDivergenceMetric = LossMean<KLDivergence>
/// The mean of ``Hinge`` over all samples.
public typealias HingeMetric = LossMean<Hinge>
/// The mean of ``SquaredHinge`` over all samples.
public typealias SquaredHingeMetric = LossMean<SquaredHinge>
/// The mean of ``CategoricalHinge`` over all samples.
public typealias CategoricalHingeMetric = LossMean<CategoricalHinge>
/// The mean of ``Poisson`` over all samples.
public typealias PoissonMetric = LossMean<Poisson>

extension Metric where Self == MeanSquaredErrorMetric {
  /// The mean of ``MeanSquaredError`` over all samples.
  public static var meanSquaredError: Self { Self(MeanSquaredError(), name: "mean_squared_error") }
  /// The mean of ``MeanSquaredError`` over all samples.
  public static var mse: Self { Self(MeanSquaredError(), name: "mse") }
}
extension Metric where Self == MeanAbsoluteErrorMetric {
  /// The mean of ``MeanAbsoluteError`` over all samples.
  public static var meanAbsoluteError: Self { Self(MeanAbsoluteError(), name: "mean_absolute_error") }
  /// The mean of ``MeanAbsoluteError`` over all samples.
  public static var mae: Self { Self(MeanAbsoluteError(), name: "mae") }
}
extension Metric where Self == MeanAbsolutePercentageErrorMetric {
  /// The mean of ``MeanAbsolutePercentageError`` over all samples.
  public static var meanAbsolutePercentageError: Self {
    Self(MeanAbsolutePercentageError(), name: "mean_absolute_percentage_error")
  }
  /// The mean of ``MeanAbsolutePercentageError`` over all samples.
  public static var mape: Self { Self(MeanAbsolutePercentageError(), name: "mape") }
}
extension Metric where Self == MeanSquaredLogarithmicErrorMetric {
  /// The mean of ``MeanSquaredLogarithmicError`` over all samples.
  public static var meanSquaredLogarithmicError: Self {
    Self(MeanSquaredLogarithmicError(), name: "mean_squared_logarithmic_error")
  }
  /// The mean of ``MeanSquaredLogarithmicError`` over all samples.
  public static var msle: Self { Self(MeanSquaredLogarithmicError(), name: "msle") }
}
extension Metric where Self == BinaryCrossentropyMetric {
  /// The mean of ``BinaryCrossentropy`` over all samples.
  public static var binaryCrossentropy: Self { .binaryCrossentropy() }
  /// The mean of ``BinaryCrossentropy`` over all samples, with its options.
  public static func binaryCrossentropy(fromLogits: Bool = false, labelSmoothing: Double = 0) -> Self {
    Self(BinaryCrossentropy(fromLogits: fromLogits, labelSmoothing: labelSmoothing), name: "binary_crossentropy")
  }
}
extension Metric where Self == CategoricalCrossentropyMetric {
  /// The mean of ``CategoricalCrossentropy`` over all samples.
  public static var categoricalCrossentropy: Self { .categoricalCrossentropy() }
  /// The mean of ``CategoricalCrossentropy`` over all samples, with its options.
  public static func categoricalCrossentropy(fromLogits: Bool = false, labelSmoothing: Double = 0) -> Self {
    let loss = CategoricalCrossentropy(fromLogits: fromLogits, labelSmoothing: labelSmoothing)
    return Self(loss, name: "categorical_crossentropy")
  }
}
extension Metric where Self == SparseCategoricalCrossentropyMetric {
  /// The mean of ``SparseCategoricalCrossentropy`` over all samples.
  public static var sparseCategoricalCrossentropy: Self { .sparseCategoricalCrossentropy() }
  /// The mean of ``SparseCategoricalCrossentropy`` over all samples, with its options.
  public static func sparseCategoricalCrossentropy(fromLogits: Bool = false) -> Self {
    Self(SparseCategoricalCrossentropy(fromLogits: fromLogits), name: "sparse_categorical_crossentropy")
  }
}
extension Metric where Self == KLDivergenceMetric {
  /// The mean of ``KLDivergence`` over all samples.
  public static var klDivergence: Self { Self(KLDivergence(), name: "kl_divergence") }
}
extension Metric where Self == HingeMetric {
  /// The mean of ``Hinge`` over all samples.
  public static var hinge: Self { Self(Hinge(), name: "hinge") }
}
extension Metric where Self == SquaredHingeMetric {
  /// The mean of ``SquaredHinge`` over all samples.
  public static var squaredHinge: Self { Self(SquaredHinge(), name: "squared_hinge") }
}
extension Metric where Self == CategoricalHingeMetric {
  /// The mean of ``CategoricalHinge`` over all samples.
  public static var categoricalHinge: Self { Self(CategoricalHinge(), name: "categorical_hinge") }
}
extension Metric where Self == PoissonMetric {
  /// The mean of ``Poisson`` over all samples.
  public static var poisson: Self { Self(Poisson(), name: "poisson") }
}
