/// The mean of squared differences: 1/n Σᵢ (yᵢ - tᵢ)², over the last axis.
///
/// Shapes: target and prediction [batch, …, n] → [batch, …]; or both [batch] → [batch].
/// Errors: `.shape` unless both shapes are equal.
/// Example: `model.compile(optimizer: .adam(), loss: .meanSquaredError)`
public struct MeanSquaredError: Loss, Hashable {
  /// The loss.
  public init() {}

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    let target = try matched(target, to: prediction)
    return (prediction - target).squared().meanPerSample()
  }
}

extension Loss where Self == MeanSquaredError {
  /// ``MeanSquaredError`` with its usual options.
  public static var meanSquaredError: MeanSquaredError { MeanSquaredError() }
  /// ``MeanSquaredError`` with its usual options.
  public static var mse: MeanSquaredError { MeanSquaredError() }
}
