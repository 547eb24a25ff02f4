import Foundation

/// From one rate to another along a power: (initialRate - endRate)(1 - step / decaySteps)^power + endRate.
///
/// After `decaySteps` the rate stays, or with `cycles` the decay is stretched to the next multiple of `decaySteps`.
/// Example: `PolynomialDecay(initialRate: 0.1, decaySteps: 10_000, endRate: 0.001)` falls in a straight line.
public struct PolynomialDecay: LearningRateSchedule, Hashable {
  public var initialRate: Double
  /// Steps of the decay; at least 1.
  public var decaySteps: Int
  public var endRate: Double
  /// 1 for a straight line.
  public var power: Double
  public var cycles: Bool

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
