/// The square of the margin that is missing: 1/n Σᵢ max(0, 1 - tᵢ yᵢ)², over the last axis.
///
/// Targets are -1 and 1; where all of a batch are 0 and 1 they are taken as -1 and 1.
/// Shapes: target and prediction [batch, …, n] → [batch, …]; or both [batch] → [batch].
/// Errors: `.shape` unless both shapes are equal.
public struct SquaredHinge: Loss, Hashable {
  /// The loss.
  public init() {}

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    let target = try matched(target, to: prediction)
    return (1 - target.signedLabels() * prediction).relu().squared().meanPerSample()
  }
}

extension Loss where Self == SquaredHinge {
  /// ``SquaredHinge`` with its usual options.
  public static var squaredHinge: SquaredHinge { SquaredHinge() }
}
