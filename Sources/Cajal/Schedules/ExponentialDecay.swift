import Foundation

/// The rate multiplied by the same factor every so many steps: initialRate · decayRate^(step / decaySteps).
///
/// Example: `ExponentialDecay(initialRate: 0.1, decaySteps: 1_000, decayRate: 0.5)`
public struct ExponentialDecay: LearningRateSchedule, Hashable {
  /// The rate at step 0.
  public var initialRate: Double
  /// Steps in which the rate is multiplied by `decayRate` once; at least 1.
  public var decaySteps: Int
  /// What the rate is multiplied by every `decaySteps` steps.
  public var decayRate: Double
  /// Whether the exponent is cut to whole numbers, so that the rate falls in stairs.
  public var staircase: Bool

  /// The schedule; each option is the property of that name.
  public init(initialRate: Double, decaySteps: Int, decayRate: Double, staircase: Bool = false) {
    self.initialRate = initialRate
    self.decaySteps = decaySteps
    self.decayRate = decayRate
    self.staircase = staircase
  }

  public func rate(atStep step: Int) -> Double {
    initialRate * pow(decayRate, progress(step, over: decaySteps, staircase: staircase))
  }
}
