import Cajal

/// Keeps the best epoch: writes the model whenever the watched number gets better, and takes its weights at the end.
///
/// The validation of an epoch that Ctrl-C cut short has seen too little to be compared, so it counts only where there
/// is nothing better.
final class BestModel: Callback {
  let path: String
  let metric: String
  let isHigherBetter: Bool
  /// The best epoch, from 0, and its value.
  private(set) var best: (epoch: Int, value: Double)?
  private var weights: WeightSnapshot?

  init(_ path: String, metric: String, isHigherBetter: Bool) {
    self.path = path
    self.metric = metric
    self.isHigherBetter = isHigherBetter
  }

  func epochEnd(_ training: TrainingContext) throws {
    guard let value = training.logs[metric] ?? training.logs["loss"] else { return }
    if let best {
      if Interruption.isRequested || !(isHigherBetter ? value > best.value : value < best.value) { return }
    }
    best = (training.epoch, value)
    weights = try training.control.weights()
    try training.control.save(to: path)
  }

  func trainEnd(_ training: TrainingContext) throws {
    guard let best, let weights, best.epoch != training.epoch else { return }
    try training.control.restore(weights)
  }
}
