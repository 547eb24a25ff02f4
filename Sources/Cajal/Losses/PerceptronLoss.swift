/// How far on the wrong side a sample lies: 1/n Σᵢ max(0, -tᵢ yᵢ), over the last axis; 0 on the right side.
///
/// Its gradient descent is Rosenblatt's rule. Targets are -1 and 1; where all of a batch are 0 and 1 they are taken as
/// -1 and 1. The derivative on the line itself is 0: start from weights other than 0.
/// Shapes: target and prediction [batch, …, n] → [batch, …]; or both [batch] → [batch].
/// Errors: `.shape` unless both shapes are equal.
public struct PerceptronLoss: Loss, Hashable {
  /// The loss.
  public init() {}

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    let target = try matched(target, to: prediction)
    return (-(target.signedLabels() * prediction)).relu().meanPerSample()
  }
}

extension Loss where Self == PerceptronLoss {
  /// ``PerceptronLoss`` with its usual options.
  public static var perceptron: PerceptronLoss { PerceptronLoss() }
}
