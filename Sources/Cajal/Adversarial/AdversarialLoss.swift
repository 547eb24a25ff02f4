/// What the two networks of a GAN are trained to make smaller.
///
/// D(x) is the discriminator's output without activation, σ the sigmoid; x are real samples and G(z) fakes.
public enum AdversarialLoss: Hashable, Sendable, Codable {
  /// Cross-entropy, and for the generator the form whose gradient does not vanish while the discriminator wins.
  ///
  /// Discriminator: -mean (1 - s) log σ(D(x)) + s log (1 - σ(D(x))) - mean log (1 - σ(D(G(z)))); generator:
  /// -mean log σ(D(G(z))). With s = `labelSmoothing` above 0 real samples count as 1 - s, fakes stay 0 (one-sided).
  /// Source: Goodfellow et al., arXiv:1406.2661; smoothing: Salimans et al., arXiv:1606.03498.
  case nonSaturating(labelSmoothing: Double = 0)
  /// The Wasserstein distance's dual with a penalty on gradients: the discriminator is a critic, and its output any number.
  ///
  /// Critic: mean D(G(z)) - mean D(x) + λ mean (|∇D(x̂)| - 1)² with λ = `gradientPenalty` and x̂ between x and G(z);
  /// generator: -mean D(G(z)).
  /// Source: Gulrajani et al., arXiv:1704.00028.
  case wasserstein(gradientPenalty: Double = 10)

  /// The discriminator's loss from its outputs for real samples and for fakes; the penalty on gradients is not in it.
  public func discriminator(real: Tensor, fake: Tensor) -> Tensor {
    switch self {
    case .nonSaturating(let smoothing):
      let seen = (-real).softplus().mean() * (1 - smoothing)
      let smoothed = smoothing > 0 ? seen + real.softplus().mean() * smoothing : seen
      return smoothed + fake.softplus().mean()
    case .wasserstein: return fake.mean() - real.mean()
    }
  }

  /// The generator's loss from the discriminator's outputs for fakes.
  public func generator(fake: Tensor) -> Tensor {
    switch self {
    case .nonSaturating: (-fake).softplus().mean()
    case .wasserstein: -fake.mean()
    }
  }

  /// What people look at of the discriminator's outputs: the mean probability of being real, or the critic's mean.
  public func score(_ outputs: Tensor) -> Tensor {
    switch self {
    case .nonSaturating: outputs.sigmoid().mean()
    case .wasserstein: outputs.mean()
    }
  }

  /// λ; nil where there is no penalty.
  var penalty: Double? {
    if case .wasserstein(let penalty) = self { return penalty }
    return nil
  }

  /// What the loss is published with.
  var usualOptimizer: any Optimizer {
    switch self {
    case .nonSaturating: Adam(learningRate: 2e-4, beta1: 0.5)
    case .wasserstein: Adam(learningRate: 1e-4, beta1: 0, beta2: 0.9)
    }
  }

  var usualDiscriminatorSteps: Int { penalty == nil ? 1 : 5 }

  func demandSense() throws {
    switch self {
    case .nonSaturating(let smoothing):
      guard smoothing >= 0, smoothing < 0.5 else {
        throw CajalError(
          .argument, "AdversarialLoss", expected: "a label smoothing in 0 ..< 0.5", given: "it is \(smoothing)",
          advice: "0.1 is usual: real samples then count as 0.9.")
      }
    case .wasserstein(let penalty):
      guard penalty > 0, penalty.isFinite else {
        throw CajalError(
          .argument, "AdversarialLoss", expected: "a gradient penalty above 0", given: "it is \(penalty)",
          advice: "10 is usual.")
      }
    }
  }
}

extension Step {
  /// How far a critic's gradients are from length 1 (`target`): the mean of (|∇ critic(x̂)| - 1)² at points between samples.
  ///
  /// x̂ = fake + u (real - fake) with one uniform u for each sample; the length is over all axes but the first. The
  /// penalty's own gradient is one of second order.
  ///
  /// Shapes: real and fake `[batch, …]` → `[]`. `critic` must judge each sample by itself: no batch normalization.
  /// Source: Gulrajani et al., arXiv:1704.00028, equation 3.
  /// Example:
  /// ```swift
  /// let penalty = step.gradientPenalty(real: images, fake: fakes) { critic($0) }
  /// step.minimize(critic(fakes).mean() - critic(images).mean() + 10 * penalty, by: trainer)
  /// ```
  public func gradientPenalty(
    real: Tensor, fake: Tensor, target: Double = 1, of critic: (Tensor) -> Tensor
  ) -> Tensor {
    let places = uniform(Shape([real.shape[0]] + Array(repeating: 1, count: real.rank - 1)))
    let between = fake + places * (real - fake)
    let slope = gradient(of: critic(between).sum(), with: [between])[0]
    // The root has no slope at 0.
    let length = (slope.squared().sum(axes: Array(1..<real.rank)) + 1e-12).sqrt()
    return (length - target).squared().mean()
  }
}
