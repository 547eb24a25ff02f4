import Foundation

/// Half a cosine wave again and again, each `lengthFactor` times as long and `heightFactor` times as high as the last.
///
/// Example: `CosineDecayRestarts(initialRate: 0.1, firstDecaySteps: 1_000)`
/// Source: Loshchilov and Hutter, "SGDR", arXiv:1608.03983.
public struct CosineDecayRestarts: LearningRateSchedule, Hashable {
  /// The rate at step 0.
  public var initialRate: Double
  /// Steps of the first wave; at least 1.
  public var firstDecaySteps: Int
  /// Keras's `t_mul`; below 1 it counts as 1.
  public var lengthFactor: Double
  /// Keras's `m_mul`.
  public var heightFactor: Double
  /// The fraction of the initial rate that stays at the end of each wave, in 0 … 1.
  public var alpha: Double

  /// The schedule; each option is the property of that name.
  public init(
    initialRate: Double, firstDecaySteps: Int, lengthFactor: Double = 2, heightFactor: Double = 1, alpha: Double = 0
  ) {
    self.initialRate = initialRate
    self.firstDecaySteps = firstDecaySteps
    self.lengthFactor = lengthFactor
    self.heightFactor = heightFactor
    self.alpha = alpha
  }

  public func rate(atStep step: Int) -> Double {
    var passed = progress(step, over: firstDecaySteps)
    var length = 1.0
    var height = 1.0
    if lengthFactor > 1 {
      while passed >= length {
        passed -= length
        length *= lengthFactor
        height *= heightFactor
      }
    } else {
      height = pow(heightFactor, passed.rounded(.down))
      passed -= passed.rounded(.down)
    }
    return initialRate * cosine(passed / length, alpha: alpha, height: height)
  }
}
