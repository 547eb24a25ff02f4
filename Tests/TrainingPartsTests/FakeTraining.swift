import Cajal

/// A training of which only the epochs' numbers are known: what callbacks do to it can be looked at.
final class FakeTraining: TrainingControl {
  var learningRate = 0.1
  var hasSchedule = false
  var stopTraining = false
  var logNames = ["loss", "accuracy", "val_loss", "val_accuracy"]
  private(set) var saved: [String] = []
  private(set) var notes: [String] = []
  /// Stands for the weights: the number of the epoch they are from.
  private(set) var weightsOfEpoch = -1
  var saveError: CajalError?

  func direction(of metric: String) -> MetricDirection? { metric == "accuracy" ? .higher : nil }
  func save(to path: String) throws {
    if let saveError { throw saveError }
    saved.append(path)
  }
  func saveWeights(to path: String) throws { saved.append("weights:" + path) }
  func weights() throws -> WeightSnapshot { WeightSnapshot(["epoch": Storage([Int64(weightsOfEpoch)])]) }
  func restore(_ weights: WeightSnapshot) throws {
    weightsOfEpoch = Int((weights.values["epoch"]?.scalars(as: Int64.self).first) ?? -2)
  }
  func note(_ message: String) { notes.append(message) }

  /// Runs epochs with these logs until somebody stops it; returns how many there were and the logs as callbacks left them.
  @discardableResult
  func run(_ callbacks: [any Callback], _ epochs: [Logs], stepsPerEpoch: Int = 2) throws -> [Logs] {
    stopTraining = false
    let training = TrainingContext(control: self)
    var seen: [Logs] = []
    for callback in callbacks { try callback.trainBegin(training) }
    for (epoch, logs) in epochs.enumerated() {
      training.epoch = epoch
      training.logs = [:]
      for callback in callbacks { try callback.epochBegin(training) }
      for batch in 0..<stepsPerEpoch where !stopTraining {
        (training.batch, training.step) = (batch, training.step + 1)
        training.logs = logs
        for callback in callbacks where callback.watchesBatches { try callback.batchEnd(training) }
      }
      weightsOfEpoch = epoch
      training.logs = logs
      for callback in callbacks { try callback.epochEnd(training) }
      seen.append(training.logs)
      if stopTraining { break }
    }
    for callback in callbacks { try callback.trainEnd(training) }
    return seen
  }

  /// Epochs with these validation losses.
  static func losses(_ values: [Double]) -> [Logs] { values.map { ["loss": $0 + 1, "val_loss": $0] } }
}
