/// How well target and prediction agree: 2 cov(t, y) / (σ_t² + σ_y² + (t̄ - ȳ)² + 1e-7), in -1 … 1.
///
/// Unlike ``PearsonCorrelation`` it falls where the prediction is shifted or stretched. Taken over the outputs of each
/// sample along `axis`, then averaged over samples.
/// Shapes: target and prediction [batch, …, n], equal. Errors: `.shape` unless they are. Source: Lin, 1989.
public struct ConcordanceCorrelation: SampleMean, Hashable {
  public var name: String
  /// The axis of the values that are compared.
  public var axis: Int
  public var better: MetricDirection { .higher }

  /// The metric; each option is the property of that name.
  public init(axis: Int = -1, name: String = "concordance_correlation") {
    self.axis = axis
    self.name = name
  }

  public func values(target: Tensor, prediction: Tensor) throws -> Tensor {
    let (target, prediction) = try compared(target, prediction)
    let (centerT, centerY) = (
      target.mean(axes: [axis], keepsDimensions: true), prediction.mean(axes: [axis], keepsDimensions: true)
    )
    let (t, y) = (target - centerT, prediction - centerY)
    let spread = (t.squared() + y.squared()).mean(axes: [axis])
    let shift = (centerT - centerY).squared().mean(axes: [axis])
    return 2 * (t * y).mean(axes: [axis]) / (spread + shift + lossEpsilon)
  }
}

extension Metric where Self == ConcordanceCorrelation {
  /// ``ConcordanceCorrelation`` with its usual options.
  public static var concordanceCorrelation: ConcordanceCorrelation { ConcordanceCorrelation() }
}
