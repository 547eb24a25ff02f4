/// Half the sum of squared differences: ½ Σᵢ (yᵢ - tᵢ)², over the last axis.
///
/// The textbook's error, whose gradient is y - t; its mean over a batch of single values is J = 1/(2m) Σ (y - t)².
/// Shapes: target and prediction [batch, …, n] → [batch, …]; or both [batch] → [batch].
/// Errors: `.shape` unless both shapes are equal.
public struct QuadraticError: Loss, Hashable {
  /// The loss.
  public init() {}

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    let target = try matched(target, to: prediction)
    return (0.5 * (prediction - target).squared()).sumPerSample()
  }
}

extension Loss where Self == QuadraticError {
  /// ``QuadraticError`` with its usual options.
  public static var quadraticError: QuadraticError { QuadraticError() }
}
