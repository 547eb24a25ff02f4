import Foundation

/// Saves the model after each epoch, or only when a number has become better, or after so many steps.
///
/// The path may name what it is filled with: `{epoch}` (from 1), `{batch}` and any log, each with a format as in
/// `{epoch:03d}` or `{val_loss:.2f}`. Missing folders are made.
/// Example: `ModelCheckpoint("runs/best-{epoch:02d}-{val_loss:.3f}.keras", saveBestOnly: true)`
public final class ModelCheckpoint: Callback {
  /// When something is written.
  public enum Frequency: Hashable, Sendable {
    /// After each epoch.
    case epoch
    /// After so many steps, counted over all epochs. A watched number is then that of the epoch so far.
    case steps(Int)
  }

  /// Where to, with places to be filled in.
  public let path: String
  /// Whether only a better number makes it write.
  public let saveBestOnly: Bool
  /// Whether the optimizer and the architecture are left out.
  public let saveWeightsOnly: Bool
  /// When it writes.
  public let frequency: Frequency
  /// The best value so far, where only the best is saved.
  public private(set) var best: Double?
  /// The file written last.
  public private(set) var lastPath: String?

  private var monitor: Monitor

  /// Saves to a path after each epoch, unless told otherwise; `initialThreshold` is a value that the first saved model
  /// must already pass.
  public init(
    _ path: String, monitor: String = "val_loss", saveBestOnly: Bool = false, saveWeightsOnly: Bool = false,
    mode: MonitorMode = .auto, frequency: Frequency = .epoch, initialThreshold: Double? = nil
  ) {
    self.path = path
    self.monitor = Monitor(monitor, mode: mode, subject: "ModelCheckpoint")
    self.saveBestOnly = saveBestOnly
    self.saveWeightsOnly = saveWeightsOnly
    self.frequency = frequency
    self.best = initialThreshold
  }

  public var watchesBatches: Bool { frequency != .epoch }

  public func trainBegin(_ training: TrainingContext) throws {
    if case .steps(let count) = frequency, count < 1 {
      throw CajalError(.argument, "ModelCheckpoint", expected: "at least 1 step", given: "frequency is \(count)")
    }
  }

  public func batchEnd(_ training: TrainingContext) throws {
    guard case .steps(let count) = frequency, training.step % count == 0 else { return }
    try save(training)
  }

  public func epochEnd(_ training: TrainingContext) throws {
    if frequency == .epoch { try save(training) }
  }

  public var state: CallbackState { CallbackState(numbers: best.map { ["best": $0] } ?? [:]) }
  public func restore(_ state: CallbackState) { if let saved = state.numbers["best"] { best = saved } }

  private func save(_ training: TrainingContext) throws {
    if saveBestOnly {
      guard let value = try monitor.value(training), monitor.isBetter(value, than: best) else { return }
      try write(training)
      best = value
    } else {
      try write(training)
    }
  }

  private func write(_ training: TrainingContext) throws {
    var values = training.logs
    values["epoch"] = Double(training.epoch + 1)
    values["batch"] = Double(training.batch + 1)
    let target = try PathPattern.fill(path, values)
    if let slash = target.lastIndex(of: "/"), slash > target.startIndex {
      let folder = String(target[..<slash])
      do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      } catch {
        throw CajalError(
          .system, "ModelCheckpoint", expected: "a folder \(folder)",
          given: "it cannot be made: \(error.localizedDescription)")
      }
    }
    if saveWeightsOnly {
      try training.control.saveWeights(to: target)
      lastPath = target
    } else {
      try training.control.save(to: target)
      lastPath = SavedForm(writing: target).path
    }
  }
}
