/// The sum of squared differences over the values that are there: Σᵢ [tᵢ ≠ 0] (yᵢ - tᵢ)², where a target of 0 is missing.
///
/// For tables with holes, such as ratings of which each person gave a few.
///
/// Shapes: target and prediction [batch, …] → [batch].
/// Errors: `.shape` unless both shapes are equal.
/// Source: Sedhain et al., "AutoRec: autoencoders meet collaborative filtering", WWW 2015, equation 2.
/// Example: `model.compile(optimizer: .adam(), loss: .observedSquaredError)`
public struct ObservedSquaredError: Loss, Hashable {
  /// The loss.
  public init() {}

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    let target = try matched(target, to: prediction)
    let isThere = (target .!= 0).cast(to: prediction.dtype)
    return ((prediction - target).squared() * isThere).summedPerSample()
  }
}

extension Loss where Self == ObservedSquaredError {
  /// ``ObservedSquaredError``.
  public static var observedSquaredError: ObservedSquaredError { ObservedSquaredError() }
}
