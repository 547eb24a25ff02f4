/// The root of the mean of squared differences over everything seen: √(Σ wᵢ (yᵢ - tᵢ)² / Σ wᵢ), in the target's unit.
///
/// Shapes: target and prediction equal. Errors: `.shape` unless they are.
public struct RootMeanSquaredError: SampleMean, Hashable {
  public var name: String
  public var better: MetricDirection { .lower }

  /// The metric; each option is the property of that name.
  public init(name: String = "root_mean_squared_error") { self.name = name }

  public func values(target: Tensor, prediction: Tensor) throws -> Tensor {
    try MeanSquaredError()(target: target, prediction: prediction)
  }

  public func result(_ accumulators: [String: [Float]]) -> Double { mean(accumulators).squareRoot() }
}

extension Metric where Self == RootMeanSquaredError {
  /// ``RootMeanSquaredError`` with its usual options.
  public static var rootMeanSquaredError: RootMeanSquaredError { RootMeanSquaredError() }
  /// ``RootMeanSquaredError`` with its usual options.
  public static var rmse: RootMeanSquaredError { RootMeanSquaredError(name: "rmse") }
}
