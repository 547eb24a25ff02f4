/// A metric that is the weighted mean of a number per sample: Σ wᵢ vᵢ / Σ wᵢ. Only the numbers are left to write.
///
/// Example:
/// ```swift
/// struct LargestOutput: SampleMean {
///   var name = "largest_output"
///   var better: MetricDirection { .lower }
///   func values(target: Tensor, prediction: Tensor) -> Tensor { prediction.max(axes: [-1]) }
/// }
/// ```
public protocol SampleMean: Metric {
  /// The numbers: [batch], or [batch, …] where each counts with its sample's weight.
  func values(target: Tensor, prediction: Tensor) throws -> Tensor
}

extension SampleMean {
  public func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws {
    let values = try values(target: target, prediction: prediction).cast(to: .float32)
    let factors = [weights, scope.mask].compactMap { $0?.asWeights(of: values) }
    if let first = factors.first {
      let weights = factors.dropFirst().reduce(first) { $0 * $1 }
      scope.accumulate("total", (values * weights).sum())
      scope.accumulate("count", weights.sum())
    } else {
      scope.accumulate("total", values.sum())
      scope.accumulate("count", .full([], Double(values.count)))
    }
  }

  public func result(_ accumulators: [String: [Float]]) -> Double { mean(accumulators) }

  /// NaN before the first sample.
  func mean(_ accumulators: [String: [Float]]) -> Double {
    guard let total = accumulators["total"]?.first, let count = accumulators["count"]?.first, count != 0 else {
      return .nan
    }
    return Double(total) / Double(count)
  }
}
