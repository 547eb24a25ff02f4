import Foundation

/// The negative logarithm of the likelihood of values with normal noise: Σᵢ (tᵢ - yᵢ)² / 2σ² + ln σ + ½ ln 2π, over a sample.
///
/// The reconstruction term of a variational autoencoder for real values; a smaller σ asks for closer reconstructions.
///
/// Shapes: target and prediction [batch, …] → [batch]. Unit: nats.
/// Errors: `.shape` unless both shapes are equal; `.argument` for a deviation that is not above 0.
/// Example: `model.compile(optimizer: .adam(), loss: .gaussianLikelihood(deviation: 0.1))`
public struct GaussianLikelihood: Loss, Hashable {
  /// Standard deviation of the noise, σ.
  public var deviation: Double

  /// The loss; each option is the property of that name.
  public init(deviation: Double = 1) { self.deviation = deviation }

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    guard deviation > 0, deviation.isFinite else {
      throw CajalError(.argument, Self.className, expected: "a deviation above 0", given: "it is \(deviation)")
    }
    let target = try matched(target, to: prediction)
    let squares = (prediction - target).squared().summedPerSample()
    guard !squares.shape.isPoisoned, prediction.rank > 0 else { return squares }
    let values = Double(prediction.count / max(prediction.shape[0], 1))
    return squares * (0.5 / (deviation * deviation)) + values * (log(deviation) + 0.5 * log(2 * Double.pi))
  }
}

extension Loss where Self == GaussianLikelihood {
  /// ``GaussianLikelihood`` with a deviation.
  public static func gaussianLikelihood(deviation: Double = 1) -> GaussianLikelihood {
    GaussianLikelihood(deviation: deviation)
  }
}
