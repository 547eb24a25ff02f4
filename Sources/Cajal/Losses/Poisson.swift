/// The negative log-likelihood of counts under a Poisson distribution: 1/n Σᵢ yᵢ - tᵢ ln(yᵢ + 1e-7), over the last axis.
///
/// The prediction is the expected count, positive; the constant ln(t!) is left out.
/// Shapes: target and prediction [batch, …, n] → [batch, …]; or both [batch] → [batch].
/// Errors: `.shape` unless both shapes are equal.
public struct Poisson: Loss, Hashable {
  /// The loss.
  public init() {}

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    let target = try matched(target, to: prediction)
    return (prediction - target * (prediction + lossEpsilon).log()).meanPerSample()
  }
}

extension Loss where Self == Poisson {
  /// ``Poisson`` with its usual options.
  public static var poisson: Poisson { Poisson() }
}
