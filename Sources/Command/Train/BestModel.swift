import Cajal

/// Keeps the best epoch: writes the model whenever the validation loss falls, and takes its weights at the end.
///
/// The validation of an epoch that Ctrl-C cut short has seen too little to be compared, so it counts only where there
/// is nothing better.
final class BestModel: Callback {
  let path: String
  /// The best epoch, from 0, and its logs.
  private(set) var best: (epoch: Int, logs: Logs)?
  private var lowest = Double.infinity
  /// When the model was written last; epochs that take less than a second do not all wait for the disk.
  private var written: ContinuousClock.Instant?
  private var isPending = false
  private var weights: WeightSnapshot?

  init(_ path: String) { self.path = path }

  func epochEnd(_ training: TrainingContext) throws {
    let loss = training.logs["val_loss"] ?? .infinity
    if best != nil, Interruption.isRequested || !(loss < lowest) { return }
    best = (training.epoch, training.logs)
    lowest = loss
    weights = try training.control.weights()
    isPending = true
    if written.map({ $0.duration(to: .now) > .seconds(1) }) ?? true { try write(training) }
  }

  func trainEnd(_ training: TrainingContext) throws {
    guard let best, let weights else { return }
    if best.epoch != training.epoch { try training.control.restore(weights) }
    if isPending { try write(training) }
  }

  private func write(_ training: TrainingContext) throws {
    try training.control.save(to: path)
    written = .now
    isPending = false
  }
}
