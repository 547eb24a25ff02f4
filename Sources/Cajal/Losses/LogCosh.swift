/// The mean of ln cosh(yᵢ - tᵢ) over the last axis: half the square near 0, the absolute value less ln 2 far away.
///
/// Shapes: target and prediction [batch, …, n] → [batch, …]; or both [batch] → [batch].
/// Errors: `.shape` unless both shapes are equal.
public struct LogCosh: Loss, Hashable {
  /// The loss.
  public init() {}

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    let target = try matched(target, to: prediction)
    let difference = prediction - target
    let values = difference + (-2 * difference).softplus() - 0.693_147_180_559_945_3  // ln 2
    return values.meanPerSample()
  }
}

extension Loss where Self == LogCosh {
  /// ``LogCosh`` with its usual options.
  public static var logCosh: LogCosh { LogCosh() }
}
