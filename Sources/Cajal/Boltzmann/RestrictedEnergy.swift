import CajalGraph

/// The arithmetic of a restricted Boltzmann machine on tensors: energies and conditional probabilities.
///
/// Bernoulli units: E(v, h) = −a·v − b·h − v·W·h. Gaussian visible units of deviation 1: E(v, h) = ½|v − a|² − b·h − v·W·h.
/// p(v, h) = exp(−E) / Z. It works on values, and inside a ``CompiledStep`` on what the variables are there.
///
/// Shapes: v `[rows, visible]`, h `[rows, hidden]`; weights `[visible, hidden]`; energies `[rows]`.
public struct RestrictedEnergy: Sendable {
  /// What a visible unit is.
  public enum Visible: String, Sendable, Codable {
    /// 0 or 1.
    case bernoulli
    /// A real number with deviation 1 around its mean: bring data to mean 0 and deviation 1 first.
    case gaussian
  }

  /// What the visible units are; hidden ones are 0 or 1.
  public var visible: Visible
  /// W, `[visible, hidden]`.
  public var weights: Tensor
  /// a, `[visible]`.
  public var visibleBias: Tensor
  /// b, `[hidden]`.
  public var hiddenBias: Tensor
  /// How often the visible layer stands below the hidden one, and the hidden one above the visible one: 2 where a layer of
  /// a deep machine is trained that will have neighbours on both sides.
  var copies = (below: 1.0, above: 1.0)

  /// An energy of its parameters.
  public init(_ visible: Visible, weights: Tensor, visibleBias: Tensor, hiddenBias: Tensor) {
    self.visible = visible
    self.weights = weights
    self.visibleBias = visibleBias
    self.hiddenBias = hiddenBias
  }

  /// v·W + b: the log odds of the hidden units.
  public func hiddenInputs(_ v: Tensor) -> Tensor {
    let product = v.matmul(weights)
    return (copies.below == 1 ? product : product * copies.below) + hiddenBias
  }

  /// p(hⱼ = 1 | v) = σ(bⱼ + Σᵢ vᵢ Wᵢⱼ).
  public func hiddenProbabilities(_ v: Tensor) -> Tensor { hiddenInputs(v).sigmoid() }

  /// a + W·h: the log odds of Bernoulli units, the means of Gaussian ones.
  public func visibleInputs(_ h: Tensor) -> Tensor {
    let product = h.matmul(weights, transposeOther: true)
    return (copies.above == 1 ? product : product * copies.above) + visibleBias
  }

  /// The mean of v given h: σ(aᵢ + Σⱼ Wᵢⱼ hⱼ), without σ for Gaussian units.
  public func visibleMeans(_ h: Tensor) -> Tensor {
    visible == .bernoulli ? visibleInputs(h).sigmoid() : visibleInputs(h)
  }

  /// E(v, h) of each row.
  public func energies(_ v: Tensor, _ h: Tensor) -> Tensor {
    let joint = (v.matmul(weights) * h).sum(axes: [1]) + (h * hiddenBias).sum(axes: [1])
    return visibleEnergies(v) - joint
  }

  /// F(v) = −log Σₕ exp(−E(v, h)), so that p(v) = exp(−F(v)) / Z.
  public func freeEnergies(_ v: Tensor) -> Tensor { visibleEnergies(v) - hiddenInputs(v).softplus().sum(axes: [1]) }

  /// The part of the energy that the visible units have alone.
  private func visibleEnergies(_ v: Tensor) -> Tensor {
    visible == .bernoulli
      ? -(v * visibleBias).sum(axes: [1]) : 0.5 * (v - visibleBias).squared().sum(axes: [1])
  }
}

extension RestrictedEnergy {
  /// Draws v given h.
  func sampledVisible(_ h: Tensor, _ step: Step, iteration: Tensor? = nil) -> Tensor {
    drawn(around: visibleMeans(h), step, iteration: iteration)
  }

  /// Draws visible units of these means.
  func drawn(around means: Tensor, _ step: Step, iteration: Tensor? = nil) -> Tensor {
    switch visible {
    case .bernoulli: step.sampled(means, iteration: iteration)
    case .gaussian: means + step.normal(means.shape, iteration: iteration)
    }
  }
}

extension Step {
  /// 1 with the probability at each place, else 0.
  func sampled(_ probabilities: Tensor, iteration: Tensor? = nil) -> Tensor {
    (uniform(probabilities.shape, iteration: iteration) .< probabilities).cast(to: .float32)
  }
}
