/// The rate divided by a number that grows evenly: initialRate / (1 + decayRate · step / decaySteps).
///
/// Example: `InverseTimeDecay(initialRate: 0.1, decaySteps: 1_000, decayRate: 0.5)`
public struct InverseTimeDecay: LearningRateSchedule, Hashable {
  /// The rate at step 0.
  public var initialRate: Double
  /// Steps in which the divisor grows by `decayRate`; at least 1.
  public var decaySteps: Int
  /// How much the divisor grows every `decaySteps` steps.
  public var decayRate: Double
  /// Whether step / decaySteps is cut to whole numbers, so that the rate falls in stairs.
  public var staircase: Bool

  /// The schedule; each option is the property of that name.
  public init(initialRate: Double, decaySteps: Int, decayRate: Double, staircase: Bool = false) {
    self.initialRate = initialRate
    self.decaySteps = decaySteps
    self.decayRate = decayRate
    self.staircase = staircase
  }

  public func rate(atStep step: Int) -> Double {
    initialRate / (1 + decayRate * progress(step, over: decaySteps, staircase: staircase))
  }
}
