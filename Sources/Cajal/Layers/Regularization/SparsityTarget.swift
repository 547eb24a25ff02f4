import Foundation

/// Gives its input back and, while training, draws the mean activation of each unit to a rate.
///
/// The penalty is weight · Σⱼ KL(ρ ‖ ρ̂ⱼ) with KL(ρ ‖ ρ̂) = ρ ln(ρ / ρ̂) + (1 - ρ) ln((1 - ρ) / (1 - ρ̂)), where ρ̂ⱼ is the
/// unit's mean over the batch, and over the places of a picture. It is 0 where every unit fires at the rate.
///
/// Shapes: x `[batch, …, units]` in 0 … 1, as a sigmoid gives it → the same. Unit: nats.
/// Errors: a rate outside 0 … 1, its ends excluded; an input without a units axis.
/// Source: Ng, "Sparse autoencoder", CS294A lecture notes, 2011; Lee et al., NIPS 2007.
/// Example: `Dense(256, activation: .sigmoid); SparsityTarget(0.05, weight: 0.1)`
public struct SparsityTarget: Layer {
  /// How often a unit is to be active, ρ.
  public var rate: Double
  /// What the penalty counts in the loss.
  public var weight: Double
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ rate: Double = 0.05, weight: Double = 1, name: String? = nil) {
    self.rate = rate
    self.weight = weight
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demand(rate > 0 && rate < 1, expected: "a rate between 0 and 1", given: "it is \(rate)")
    try demand(weight >= 0 && weight.isFinite, expected: "a weight of 0 or more", given: "it is \(weight)")
    try demand(input.rank >= 2, .shape, expected: "an input [batch, …, units]", given: "it is \(input.shape)")
    if input.scope.isTraining, weight != 0 { input.scope.addLoss(penalty(input) * weight) }
    return input
  }

  /// Σⱼ KL(ρ ‖ ρ̂ⱼ) of activations, a scalar; means are kept away from 0 and 1 by 1e-7.
  public func penalty(_ activations: Tensor) -> Tensor {
    let mean = activations.mean(axes: Array(0..<activations.rank - 1)).clippedProbabilities()
    let own = rate * (mean.log() - Foundation.log(rate))
    let other = (1 - rate) * ((1 - mean).log() - Foundation.log(1 - rate))
    return -(own + other).sum()
  }
}
