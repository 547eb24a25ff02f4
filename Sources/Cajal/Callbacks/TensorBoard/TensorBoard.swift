import Foundation

/// Writes what TensorBoard shows: loss and metrics by epoch or batch, and how weights are spread.
///
/// Training goes to the folder `train`, validation to `validation`, each with tags `epoch_loss`, `epoch_accuracy` and so on;
/// with a frequency of batches there are `batch_loss` and so on besides. A run that goes on adds a file of its own.
/// Look at it with `tensorboard --logdir logs`.
/// Example: `callbacks: [TensorBoard("logs/first", histogramFreq: 5)]`
public final class TensorBoard: Callback {
  /// How often numbers of batches are written.
  public enum UpdateFrequency: Hashable, Sendable {
    /// Never: after each epoch only.
    case epoch
    /// After so many steps.
    case steps(Int)
    /// After each step.
    public static var batch: UpdateFrequency { .steps(1) }
  }

  /// The folder of the run.
  public let logDir: String
  /// Weights are written after every so many epochs; 0 for never.
  public let histogramFreq: Int
  /// Whether the steps of a second are written after each epoch.
  public let writeStepsPerSecond: Bool
  /// How often numbers of batches are written.
  public let updateFreq: UpdateFrequency

  private var train: EventFile?
  private var validation: EventFile?
  private var start = (time: ContinuousClock.now, step: 0)

  /// Writes into a folder, which is made where it is missing.
  public init(
    _ logDir: String = "logs", histogramFreq: Int = 0, writeStepsPerSecond: Bool = false,
    updateFreq: UpdateFrequency = .epoch
  ) {
    self.logDir = logDir
    self.histogramFreq = histogramFreq
    self.writeStepsPerSecond = writeStepsPerSecond
    self.updateFreq = updateFreq
  }

  public var watchesBatches: Bool { updateFreq != .epoch }

  public func trainBegin(_ training: TrainingContext) throws {
    if case .steps(let count) = updateFreq, count < 1 {
      throw CajalError(.argument, "TensorBoard", expected: "at least 1 step", given: "updateFreq is \(count)")
    }
    try close()
  }

  public func epochBegin(_ training: TrainingContext) { start = (.now, training.step) }

  public func batchEnd(_ training: TrainingContext) throws {
    guard case .steps(let count) = updateFreq, training.step % count == 0 else { return }
    try trainFile().add(training.logs.map { ("batch_" + $0.name, .scalar($0.value)) }, step: training.step)
  }

  public func epochEnd(_ training: TrainingContext) throws {
    let step = training.epoch
    let judged = training.logs.filter { $0.name.hasPrefix("val_") }
    var values: [(tag: String, value: EventFile.Value)] = training.logs.filter { !$0.name.hasPrefix("val_") }.map {
      ("epoch_" + $0.name, .scalar($0.value))
    }
    if training.logs["learning_rate"] == nil {
      values.append(("epoch_learning_rate", .scalar(training.control.learningRate)))
    }
    if writeStepsPerSecond {
      let seconds = (ContinuousClock.now - start.time) / .seconds(1)
      values.append(("epoch_steps_per_second", .scalar(Double(training.step - start.step) / max(seconds, 1e-9))))
    }
    if histogramFreq > 0, step % histogramFreq == 0 {
      for (path, storage) in try training.control.weights().values.sorted(by: { $0.key < $1.key })
      where storage.dtype == .float32 {
        values.append((path + "/histogram", .histogram(Histogram(storage.scalars(as: Float.self)))))
      }
    }
    try trainFile().add(values, step: step)
    guard !judged.isEmpty else { return }
    let file = try validation ?? newFile("validation")
    validation = file
    try file.add(judged.map { ("epoch_" + $0.name.dropFirst(4), .scalar($0.value)) }, step: step)
  }

  public func trainEnd(_ training: TrainingContext) throws { try close() }

  private func trainFile() throws -> EventFile {
    let file = try train ?? newFile("train")
    train = file
    return file
  }

  private func newFile(_ part: String) throws -> EventFile { try EventFile(folder: "\(logDir)/\(part)") }

  private func close() throws {
    let open = [train, validation]
    (train, validation) = (nil, nil)
    for file in open { try file?.close() }
  }
}
