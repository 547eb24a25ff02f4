import Cajal
import CajalTerminal

/// One progress bar over all epochs, with a line left behind now and then: for tasks whose epochs are over in an instant.
final class EpochProgress: Callback {
  private static let lines = 10
  private let epochs: Int
  private var bar: ProgressBar

  init(epochs: Int) {
    self.epochs = epochs
    bar = ProgressBar(title: "Training", total: epochs, unit: "epochs")
  }

  func epochEnd(_ training: TrainingContext) {
    let done = training.epoch + 1
    if done == 1 || done % max(1, epochs / Self.lines) == 0 {
      let logs = training.logs.map { "\($0.name) \(Format.metric($0.value))" }.joined(separator: "  ")
      let number = String(repeating: " ", count: "\(epochs)".count - "\(done)".count) + "\(done)"
      bar.note("Epoch \(number)/\(epochs)  \(logs)")
    }
    bar.update(done, fields: training.logs.map { ($0.name, $0.value) })
  }

  func trainEnd(_ training: TrainingContext) { bar.cancel() }
}
