/// Makes the step size smaller when a number has not become better for some epochs; adds `learning_rate` to the logs.
///
/// Example: `ReduceLROnPlateau(factor: 0.5, patience: 3, minimumRate: 1e-6)`
public final class ReduceLROnPlateau: Callback {
  /// What the step size is multiplied by, in 0 ..< 1.
  public let factor: Double
  /// Epochs without a better value that are waited for.
  public let patience: Int
  /// Epochs after a reduction in which nothing is counted.
  public let cooldown: Int
  /// The step size never falls below.
  public let minimumRate: Double

  private var monitor: Monitor
  private var best: Double?
  private var wait = 0
  private var cooldownLeft = 0

  /// Watches one number of the logs; `minDelta` is the least change that counts as better.
  public init(
    monitor: String = "val_loss", factor: Double = 0.1, patience: Int = 10, mode: MonitorMode = .auto,
    minDelta: Double = 1e-4, cooldown: Int = 0, minimumRate: Double = 0
  ) {
    self.monitor = Monitor(monitor, mode: mode, minDelta: minDelta, subject: "ReduceLROnPlateau")
    self.factor = factor
    self.patience = patience
    self.cooldown = cooldown
    self.minimumRate = minimumRate
  }

  public func trainBegin(_ training: TrainingContext) throws {
    try training.control.demandSettableRate("ReduceLROnPlateau")
    guard factor > 0, factor < 1 else {
      throw CajalError(.argument, "ReduceLROnPlateau", expected: "a factor between 0 and 1", given: "it is \(factor)")
    }
    (best, wait, cooldownLeft) = (nil, 0, 0)
  }

  public func epochEnd(_ training: TrainingContext) throws {
    training.logs["learning_rate"] = training.control.learningRate
    guard let value = try monitor.value(training) else { return }
    if cooldownLeft > 0 {
      cooldownLeft -= 1
      wait = 0
    }
    if monitor.isBetter(value, than: best) {
      best = value
      wait = 0
    } else if cooldownLeft == 0 {
      wait += 1
      if wait >= patience { reduce(training) }
    }
  }

  public var state: CallbackState {
    var numbers = ["wait": Double(wait), "cooldown_left": Double(cooldownLeft)]
    numbers["best"] = best
    return CallbackState(numbers: numbers)
  }

  public func restore(_ state: CallbackState) {
    wait = Int(exactly: state.numbers["wait"] ?? 0) ?? 0
    cooldownLeft = Int(exactly: state.numbers["cooldown_left"] ?? 0) ?? 0
    best = state.numbers["best"]
  }

  private func reduce(_ training: TrainingContext) {
    let rate = training.control.learningRate
    guard rate > minimumRate else { return }
    let next = max(rate * factor, minimumRate)
    training.control.learningRate = next
    training.control.note("Epoch \(training.epoch + 1): \(monitor.name) stands still; learning rate \(next).")
    cooldownLeft = cooldown
    wait = 0
  }
}
