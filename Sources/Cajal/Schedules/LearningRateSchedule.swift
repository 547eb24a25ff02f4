/// The step size as a function of the step, worked out on the host: no schedule makes a step slower.
///
/// Example: `SGD(momentum: 0.9).following(CosineDecay(initialRate: 0.1, decaySteps: 10_000))`
public protocol LearningRateSchedule: Codable, Sendable {
  /// The step size of a step, counted from 0; steps are updates, not epochs.
  func rate(atStep step: Int) -> Double

  /// The class name in files, Keras's where Keras has the schedule.
  static var className: String { get }
}

extension LearningRateSchedule {
  public static var className: String { String(describing: Self.self) }

  /// The rates of the first steps, for looking at: `schedule.rates(1_000)`.
  public func rates(_ count: Int) -> [Double] { (0..<max(count, 0)).map { rate(atStep: $0) } }
}

/// step / length, in whole steps of the staircase if wanted; a length below 1 counts as 1.
func progress(_ step: Int, over length: Int, staircase: Bool = false) -> Double {
  let fraction = Double(max(step, 0)) / Double(max(length, 1))
  return staircase ? fraction.rounded(.down) : fraction
}
