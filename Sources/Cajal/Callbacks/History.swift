/// The logs of every epoch; `fit` returns one.
///
/// Example: `let history = try model.fit(…); print(history["val_accuracy"].last ?? .nan)`
public final class History: Callback, CustomStringConvertible {
  /// Epochs and their logs, in order.
  public private(set) var epochs: [(epoch: Int, logs: Logs)] = []

  /// A history without epochs.
  public init() {}

  /// The values of one name in the epochs that have it; empty where none has.
  public subscript(name: String) -> [Double] { epochs.compactMap { $0.logs[name] } }

  /// All names that occur, in the order they first did.
  public var names: [String] {
    var seen: [String] = []
    for name in epochs.lazy.flatMap(\.logs.names) where !seen.contains(name) { seen.append(name) }
    return seen
  }

  /// Keeps what was there before: training in two calls with one history gives one history.
  public func epochEnd(_ training: TrainingContext) { epochs.append((training.epoch, training.logs)) }

  /// Adds an epoch by hand, as when a run is resumed from a file.
  public func append(epoch: Int, logs: Logs) { epochs.append((epoch, logs)) }

  public var description: String { epochs.map { "epoch \($0.epoch + 1): \($0.logs)" }.joined(separator: "\n") }
}
