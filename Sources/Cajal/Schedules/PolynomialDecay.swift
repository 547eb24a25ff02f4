import Foundation

/// From one rate to another along a power: (initialRate - endRate)(1 - step / decaySteps)^power + endRate.
///
/// After `decaySteps` the rate stays, or with `cycles` the decay is stretched to the next multiple of `decaySteps`.
/// Example: `PolynomialDecay(initialRate: 0.1, decaySteps: 10_000, endRate: 0.001)` falls in a straight line.
public struct PolynomialDecay: LearningRateSchedule, Hashable {
  /// The rate at step 0.
  public var initialRate: Double
  /// Steps of the decay; at least 1.
  public var decaySteps: Int
  /// The rate at the end.
  public var endRate: Double
  /// 1 for a straight line.
  public var power: Double
  /// Whether the decay is stretched when its end is reached.
  public var cycles: Bool

  /// The schedule; each option is the property of that name.
  public init(initialRate: Double, decaySteps: Int, endRate: Double = 1e-4, power: Double = 1, cycles: Bool = false) {
    self.initialRate = initialRate
    self.decaySteps = decaySteps
    self.endRate = endRate
    self.power = power
    self.cycles = cycles
  }

  public func rate(atStep step: Int) -> Double {
    let passed = progress(step, over: decaySteps)
    let fraction = cycles ? passed / max(passed.rounded(.up), 1) : min(passed, 1)
    return (initialRate - endRate) * pow(1 - fraction, power) + endRate
  }
}
