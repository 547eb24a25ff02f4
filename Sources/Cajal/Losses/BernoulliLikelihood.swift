/// The negative logarithm of the likelihood of yes-or-no values: -Σᵢ tᵢ ln yᵢ + (1 - tᵢ) ln(1 - yᵢ), over a whole sample.
///
/// The reconstruction term of a variational autoencoder: ``BinaryCrossentropy`` summed instead of averaged, and as exact
/// where the prediction is the direct result of a sigmoid.
///
/// Shapes: target in 0 … 1 and prediction [batch, …] → [batch]. Unit: nats.
/// Errors: `.shape` unless both shapes are equal.
/// Example: `model.compile(optimizer: .adam(), loss: .bernoulliLikelihood)`
public struct BernoulliLikelihood: Loss, Hashable {
  /// The loss.
  public init() {}

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    let places = try BinaryCrossentropy()(target: target, prediction: prediction)
    guard prediction.rank > 1, !places.shape.isPoisoned else { return places }
    return places.summedPerSample() * Double(prediction.shape.last)
  }
}

extension Tensor {
  /// The sum over all axes but the batch.
  func summedPerSample() -> Tensor { rank > 1 ? sum(axes: Array(1..<rank)) : self }
}

extension Loss where Self == BernoulliLikelihood {
  /// ``BernoulliLikelihood``.
  public static var bernoulliLikelihood: BernoulliLikelihood { BernoulliLikelihood() }
}
