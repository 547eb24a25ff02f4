/// Ends training when a number has not become better for some epochs.
///
/// Example: `fit(…, callbacks: [EarlyStopping(patience: 5, restoreBestWeights: true)])`
public final class EarlyStopping: Callback {
  /// Epochs without a better value that are waited for.
  public let patience: Int
  /// A value that must be passed for an epoch to count as better.
  public let baseline: Double?
  /// Whether the weights of the best epoch are taken at the end.
  public let restoreBestWeights: Bool
  /// Epochs before this one are not looked at.
  public let startFromEpoch: Int

  /// The best value so far.
  public private(set) var best: Double?
  /// The epoch of the best value, from 0.
  public private(set) var bestEpoch: Int?
  /// The epoch after which training was stopped; nil if it was not.
  public private(set) var stoppedEpoch: Int?

  private var monitor: Monitor
  private var wait = 0
  private var bestWeights: WeightSnapshot?

  /// Watches one number of the logs; `minDelta` is the least change that counts as better.
  public init(
    monitor: String = "val_loss", minDelta: Double = 0, patience: Int = 0, mode: MonitorMode = .auto,
    baseline: Double? = nil, restoreBestWeights: Bool = false, startFromEpoch: Int = 0
  ) {
    self.monitor = Monitor(monitor, mode: mode, minDelta: minDelta, subject: "EarlyStopping")
    self.patience = patience
    self.baseline = baseline
    self.restoreBestWeights = restoreBestWeights
    self.startFromEpoch = startFromEpoch
  }

  public func trainBegin(_ training: TrainingContext) {
    (best, bestEpoch, stoppedEpoch, bestWeights) = (nil, nil, nil, nil)
    wait = 0
  }

  public func epochEnd(_ training: TrainingContext) throws {
    guard let value = try monitor.value(training), training.epoch >= startFromEpoch else { return }
    wait += 1
    if monitor.isBetter(value, than: best) {
      best = value
      bestEpoch = training.epoch
      if restoreBestWeights { bestWeights = try training.control.weights() }
      if baseline.map({ monitor.isBetter(value, than: $0) }) ?? true { wait = 0 }
    } else if wait >= patience, training.epoch > 0 {
      stoppedEpoch = training.epoch
      training.control.stopTraining = true
      var message = "Epoch \(training.epoch + 1): \(monitor.name) has stopped getting better"
      if let best, let bestEpoch { message += "; the best was \(best) in epoch \(bestEpoch + 1)" }
      training.control.note(message + ".")
    }
  }

  public func trainEnd(_ training: TrainingContext) throws {
    guard let bestWeights, let bestEpoch, bestEpoch != training.epoch else { return }
    try training.control.restore(bestWeights)
    training.control.note("Weights of epoch \(bestEpoch + 1) restored.")
  }

  public var state: CallbackState {
    var numbers = ["wait": Double(wait)]
    numbers["best"] = best
    numbers["best_epoch"] = bestEpoch.map(Double.init)
    return CallbackState(numbers: numbers, weights: bestWeights)
  }

  public func restore(_ state: CallbackState) {
    wait = Int(exactly: state.numbers["wait"] ?? 0) ?? 0
    best = state.numbers["best"]
    bestEpoch = state.numbers["best_epoch"].flatMap(Int.init(exactly:))
    bestWeights = state.weights
  }
}
