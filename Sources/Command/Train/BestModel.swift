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
  private var weights: WeightSnapshot?

  init(_ path: String) { self.path = path }

  func epochEnd(_ training: TrainingContext) throws {
    let loss = training.logs["val_loss"] ?? .infinity
    if best != nil, Interruption.isRequested || !(loss < lowest) { return }
    best = (training.epoch, training.logs)
    lowest = loss
    weights = try training.control.weights()
    try training.control.save(to: path)
  }

  func trainEnd(_ training: TrainingContext) throws {
    guard let best, let weights, best.epoch != training.epoch else { return }
    try training.control.restore(weights)
  }
}
