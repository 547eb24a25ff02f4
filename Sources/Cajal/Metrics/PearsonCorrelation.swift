/// How well a straight line goes through target and prediction: Σ (t - t̄)(y - ȳ) / (n σ_t σ_y), in -1 … 1.
///
/// Taken over the outputs of each sample along `axis`, then averaged over samples; NaN where one side does not vary.
/// Shapes: target and prediction [batch, …, n], equal. Errors: `.shape` unless they are.
public struct PearsonCorrelation: SampleMean, Hashable {
  public var name: String
  /// The axis of the values that are compared.
  public var axis: Int
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(axis: Int = -1, name: String = "pearson_correlation") {
    self.axis = axis
    self.name = name
  }

  public func values(target: Tensor, prediction: Tensor) throws -> Tensor {
    let (target, prediction) = try compared(target, prediction)
    func standard(_ x: Tensor) -> Tensor {
      let centered = x - x.mean(axes: [axis], keepsDimensions: true)
      return centered / centered.squared().mean(axes: [axis], keepsDimensions: true).sqrt()
    }
    return (standard(target) * standard(prediction)).mean(axes: [axis])
  }
}

extension SampleMean {
  /// Target and prediction as float32 of one shape.
  func compared(_ target: Tensor, _ prediction: Tensor) throws -> (target: Tensor, prediction: Tensor) {
    try demand(
      target.shape == prediction.shape && target.rank > 1, expected: "equal shapes [batch, …, n]", target: target,
      prediction: prediction)
    return (target.cast(to: .float32), prediction.cast(to: .float32))
  }
}

extension Metric where Self == PearsonCorrelation {
  /// ``PearsonCorrelation`` with its usual options.
  public static var pearsonCorrelation: PearsonCorrelation { PearsonCorrelation() }
}
