import Foundation

/// Keeps a complete copy of a run of `fit`, and lets the same call go on from it after an interruption.
///
/// A backup has the weights, the optimizer's state, epoch, samples seen in it, sums of the metrics, seed and step of all
/// random numbers, the step size and what the other callbacks remember. A run that is killed and started again, with the
/// same model, data and callbacks, ends with the same bits as one that was not. Samples already seen are skipped, the
/// shuffled order of an epoch being a function of seed and epoch. Writing is all or nothing, as in `Model.save(to:)`.
///
/// The backup is removed when the run has come to its end, so that the next `fit` begins anew; it stays where training
/// was stopped in the middle of an epoch or an error ended it. A model whose loss is no longer finite is not kept.
///
/// Errors: `.argument` where the backup is of another optimizer or of other data; what `Model.save(to:)` throws.
/// Example: `try model.fit(x, y, epochs: 100, callbacks: [BackupAndRestore("runs/backup", everySteps: 500)])`
public final class BackupAndRestore: Callback {
  /// The folder that holds the backup, made where it is missing.
  public let directory: String
  /// A backup at the end of every so many epochs.
  public let everyEpochs: Int
  /// Besides, a backup after every so many steps.
  public let everySteps: Int?
  /// Whether the backup is removed at the end of the run.
  public let deleteCheckpoint: Bool
  /// Whether the last `fit` went on from a backup.
  public private(set) var hasResumed = false

  private var wasStopped = false

  /// Backs up into a folder after every epoch, unless told otherwise.
  public init(_ directory: String, everyEpochs: Int = 1, everySteps: Int? = nil, deleteCheckpoint: Bool = true) {
    self.directory = directory
    self.everyEpochs = everyEpochs
    self.everySteps = everySteps
    self.deleteCheckpoint = deleteCheckpoint
  }

  /// The backup itself.
  public var path: String { directory + "/backup.cajal" }
  public var watchesBatches: Bool { everySteps != nil }

  public func trainBegin(_ training: TrainingContext) throws {
    guard everyEpochs > 0, everySteps ?? 1 > 0 else {
      throw CajalError(
        .argument, "BackupAndRestore", expected: "at least 1 epoch and 1 step between backups",
        given: "they are \(everyEpochs) and \(everySteps ?? 1)")
    }
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw CajalError(
        .system, "BackupAndRestore", expected: "a folder \(directory)",
        given: "it cannot be made: \(error.localizedDescription)")
    }
    wasStopped = false
    hasResumed = try training.control.resume(from: path)
  }

  public func batchEnd(_ training: TrainingContext) throws {
    guard let everySteps, training.step % everySteps == 0 else { return }
    try backUp(training)
  }

  public func epochStopped(_ training: TrainingContext) throws {
    wasStopped = true
    try backUp(training)
  }

  public func epochEnd(_ training: TrainingContext) throws {
    guard !wasStopped, (training.epoch + 1) % everyEpochs == 0 else { return }
    try backUp(training)
  }

  public func trainEnd(_ training: TrainingContext) throws {
    if deleteCheckpoint, !wasStopped { SavedFolder.remove(path) }
  }

  private func backUp(_ training: TrainingContext) throws {
    if let loss = training.logs["loss"], !loss.isFinite { return }
    try training.control.backUp(to: path)
  }
}
