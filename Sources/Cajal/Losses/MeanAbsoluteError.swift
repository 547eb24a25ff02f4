/// The mean of absolute differences: 1/n Σᵢ |yᵢ - tᵢ|, over the last axis.
///
/// Less drawn to outliers than the squared error; its minimum is the median. The derivative at a difference of 0 is 0.
/// Shapes: target and prediction [batch, …, n] → [batch, …]; or both [batch] → [batch].
/// Errors: `.shape` unless both shapes are equal.
public struct MeanAbsoluteError: Loss, Hashable {
  /// The loss.
  public init() {}

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    let target = try matched(target, to: prediction)
    return (prediction - target).absolute().meanPerSample()
  }
}

extension Loss where Self == MeanAbsoluteError {
  /// ``MeanAbsoluteError`` with its usual options.
  public static var meanAbsoluteError: MeanAbsoluteError { MeanAbsoluteError() }
  /// ``MeanAbsoluteError`` with its usual options.
  public static var mae: MeanAbsoluteError { MeanAbsoluteError() }
}
