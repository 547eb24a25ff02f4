/// The mean of squared differences of logarithms: 1/n Σᵢ (ln(1 + yᵢ) - ln(1 + tᵢ))², over the last axis.
///
/// For positive quantities of many scales; values below 1e-7 count as 1e-7.
/// Shapes: target and prediction [batch, …, n] → [batch, …]; or both [batch] → [batch].
/// Errors: `.shape` unless both shapes are equal.
public struct MeanSquaredLogarithmicError: Loss, Hashable {
  /// The loss.
  public init() {}

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    let target = try matched(target, to: prediction)
    let predicted = (prediction.maximum(lossEpsilon) + 1).log()
    let wanted = (target.maximum(lossEpsilon) + 1).log()
    return (predicted - wanted).squared().meanPerSample()
  }
}

extension Loss where Self == MeanSquaredLogarithmicError {
  /// ``MeanSquaredLogarithmicError`` with its usual options.
  public static var meanSquaredLogarithmicError: MeanSquaredLogarithmicError { MeanSquaredLogarithmicError() }
  /// ``MeanSquaredLogarithmicError`` with its usual options.
  public static var msle: MeanSquaredLogarithmicError { MeanSquaredLogarithmicError() }
}
