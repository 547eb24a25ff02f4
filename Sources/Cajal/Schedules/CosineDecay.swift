import Foundation

/// Half a cosine wave from the highest rate down to `alpha` of it, after a warm-up in a straight line if wanted.
///
/// Without warm-up: initialRate ((1 - α) ½ (1 + cos(π step / decaySteps)) + α). With `warmup`, the rate first rises from
/// `initialRate` to `warmup.rate` in `warmup.steps` steps and then decays from there in `decaySteps` more.
/// Example: `CosineDecay(initialRate: 0, decaySteps: 9_000, warmup: .init(rate: 0.1, steps: 1_000))`
/// Source: Loshchilov and Hutter, "SGDR", arXiv:1608.03983.
public struct CosineDecay: LearningRateSchedule, Hashable {
  /// A rise in a straight line before the decay.
  public struct Warmup: Hashable, Sendable, Codable {
    /// The rate at the end of the rise.
    public var rate: Double
    /// Steps of the rise.
    public var steps: Int
    /// A rise to `rate` in `steps` steps.
    public init(rate: Double, steps: Int) {
      self.rate = rate
      self.steps = steps
    }
  }

  /// The rate at step 0.
  public var initialRate: Double
  /// Steps of the decay, without the warm-up; at least 1.
  public var decaySteps: Int
  /// The fraction of the highest rate that stays at the end, in 0 … 1.
  public var alpha: Double
  /// The rise before the decay, if there is one.
  public var warmup: Warmup?

  /// The schedule; each option is the property of that name.
  public init(initialRate: Double, decaySteps: Int, alpha: Double = 0, warmup: Warmup? = nil) {
    self.initialRate = initialRate
    self.decaySteps = decaySteps
    self.alpha = alpha
    self.warmup = warmup
  }

  public func rate(atStep step: Int) -> Double {
    let warmupSteps = max(warmup?.steps ?? 0, 0)
    if let warmup, step < warmupSteps {
      return initialRate + (warmup.rate - initialRate) * progress(step, over: warmupSteps)
    }
    let fraction = min(progress(step - warmupSteps, over: decaySteps), 1)
    return (warmup?.rate ?? initialRate) * cosine(fraction, alpha: alpha)
  }
}

/// Half a cosine wave from `height` at fraction 0 to 0 at fraction 1, over a floor: (1 - α) ½ h (1 + cos πf) + α.
func cosine(_ fraction: Double, alpha: Double, height: Double = 1) -> Double {
  (1 - alpha) * 0.5 * height * (1 + cos(Double.pi * fraction)) + alpha
}
