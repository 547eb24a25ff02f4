/// The margin that is missing: 1/n Σᵢ max(0, 1 - tᵢ yᵢ), over the last axis.
///
/// Targets are -1 and 1; where all of a batch are 0 and 1 they are taken as -1 and 1.
/// Shapes: target and prediction [batch, …, n] → [batch, …]; or both [batch] → [batch].
/// Errors: `.shape` unless both shapes are equal.
public struct Hinge: Loss, Hashable {
  /// The loss.
  public init() {}

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    let target = try matched(target, to: prediction)
    return (1 - target.signedLabels() * prediction).relu().meanPerSample()
  }
}

extension Loss where Self == Hinge {
  /// ``Hinge`` with its usual options.
  public static var hinge: Hinge { Hinge() }
}
