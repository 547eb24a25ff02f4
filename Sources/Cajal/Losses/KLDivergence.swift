/// How much the predicted distribution differs from the target's: Σⱼ tⱼ ln(tⱼ / yⱼ), both kept in 1e-7 … 1.
///
/// Shapes: probabilities target and prediction [batch, …, classes] → [batch, …]. Unit: nats.
/// Errors: `.shape` unless both shapes are equal.
public struct KLDivergence: Loss, Hashable {
  /// The loss.
  public init() {}

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    let target = try matched(target, to: prediction)
    let wanted = target.clipped(lossEpsilon, 1)
    let predicted = prediction.clipped(lossEpsilon, 1)
    return (wanted * (wanted / predicted).log()).sumPerSample()
  }
}

extension Loss where Self == KLDivergence {
  /// ``KLDivergence`` with its usual options.
  public static var klDivergence: KLDivergence { KLDivergence() }
}
