/// The mean of relative differences, in percent: 100/n Σᵢ |tᵢ - yᵢ| / max(|tᵢ|, 1e-7), over the last axis.
///
/// Targets near 0 make it huge; use it for positive quantities of one scale.
/// Shapes: target and prediction [batch, …, n] → [batch, …]; or both [batch] → [batch].
/// Errors: `.shape` unless both shapes are equal.
public struct MeanAbsolutePercentageError: Loss, Hashable {
  /// The loss.
  public init() {}

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    let target = try matched(target, to: prediction)
    return (100 * ((target - prediction) / target.absolute().maximum(lossEpsilon)).absolute()).meanPerSample()
  }
}

extension Loss where Self == MeanAbsolutePercentageError {
  /// ``MeanAbsolutePercentageError`` with its usual options.
  public static var meanAbsolutePercentageError: MeanAbsolutePercentageError { MeanAbsolutePercentageError() }
  /// ``MeanAbsolutePercentageError`` with its usual options.
  public static var mape: MeanAbsolutePercentageError { MeanAbsolutePercentageError() }
}
