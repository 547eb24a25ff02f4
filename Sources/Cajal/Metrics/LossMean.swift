/// The mean of a loss over all samples seen, as a metric.
///
/// Example: `metrics: [.mse, .meanAbsoluteError, LossMean(Huber(delta: 2), name: "huber")]`
public struct LossMean<Value: Loss>: SampleMean {
  public var name: String
  public var loss: Value
  public var better: MetricDirection

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

public typealias MeanSquaredErrorMetric = LossMean<MeanSquaredError>
public typealias MeanAbsoluteErrorMetric = LossMean<MeanAbsoluteError>
public typealias MeanAbsolutePercentageErrorMetric = LossMean<MeanAbsolutePercentageError>
public typealias MeanSquaredLogarithmicErrorMetric = LossMean<MeanSquaredLogarithmicError>
public typealias BinaryCrossentropyMetric = LossMean<BinaryCrossentropy>
public typealias CategoricalCrossentropyMetric = LossMean<CategoricalCrossentropy>
public typealias SparseCategoricalCrossentropyMetric = LossMean<SparseCategoricalCrossentropy>
public typealias KLDivergenceMetric = LossMean<KLDivergence>

extension Metric where Self == MeanSquaredErrorMetric {
  public static var meanSquaredError: Self { Self(MeanSquaredError(), name: "mean_squared_error") }
  public static var mse: Self { Self(MeanSquaredError(), name: "mse") }
}
extension Metric where Self == MeanAbsoluteErrorMetric {
  public static var meanAbsoluteError: Self { Self(MeanAbsoluteError(), name: "mean_absolute_error") }
  public static var mae: Self { Self(MeanAbsoluteError(), name: "mae") }
}
extension Metric where Self == MeanAbsolutePercentageErrorMetric {
  public static var meanAbsolutePercentageError: Self {
    Self(MeanAbsolutePercentageError(), name: "mean_absolute_percentage_error")
  }
  public static var mape: Self { Self(MeanAbsolutePercentageError(), name: "mape") }
}
extension Metric where Self == MeanSquaredLogarithmicErrorMetric {
  public static var meanSquaredLogarithmicError: Self {
    Self(MeanSquaredLogarithmicError(), name: "mean_squared_logarithmic_error")
  }
  public static var msle: Self { Self(MeanSquaredLogarithmicError(), name: "msle") }
}
extension Metric where Self == BinaryCrossentropyMetric {
  public static var binaryCrossentropy: Self { .binaryCrossentropy() }
  public static func binaryCrossentropy(fromLogits: Bool = false, labelSmoothing: Double = 0) -> Self {
    Self(BinaryCrossentropy(fromLogits: fromLogits, labelSmoothing: labelSmoothing), name: "binary_crossentropy")
  }
}
extension Metric where Self == CategoricalCrossentropyMetric {
  public static var categoricalCrossentropy: Self { .categoricalCrossentropy() }
  public static func categoricalCrossentropy(fromLogits: Bool = false, labelSmoothing: Double = 0) -> Self {
    let loss = CategoricalCrossentropy(fromLogits: fromLogits, labelSmoothing: labelSmoothing)
    return Self(loss, name: "categorical_crossentropy")
  }
}
extension Metric where Self == SparseCategoricalCrossentropyMetric {
  public static var sparseCategoricalCrossentropy: Self { .sparseCategoricalCrossentropy() }
  public static func sparseCategoricalCrossentropy(fromLogits: Bool = false) -> Self {
    Self(SparseCategoricalCrossentropy(fromLogits: fromLogits), name: "sparse_categorical_crossentropy")
  }
}
extension Metric where Self == KLDivergenceMetric {
  public static var klDivergence: Self { Self(KLDivergence(), name: "kl_divergence") }
}
