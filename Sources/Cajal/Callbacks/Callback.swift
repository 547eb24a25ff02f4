/// Something that watches training and may act on it, called at fixed moments between steps.
///
/// Callbacks run in the order they are given, on the task that called `fit`. An error they throw ends training; what
/// was trained stays. `batchEnd` is called only if `watchesBatches`, because logs then have to be read after each step.
///
/// Example:
/// ```swift
/// final class Stopwatch: Callback {
///   func epochEnd(_ training: TrainingContext) { training.logs["seconds"] = elapsed() }
/// }
/// ```
public protocol Callback: AnyObject {
  /// Whether `batchEnd` is to be called.
  var watchesBatches: Bool { get }

  /// Before the first epoch.
  func trainBegin(_ training: TrainingContext) throws
  /// After the last epoch, also when training was stopped early; `logs` are those of the last epoch.
  func trainEnd(_ training: TrainingContext) throws
  /// Before an epoch's first step.
  func epochBegin(_ training: TrainingContext) throws
  /// After an epoch and its validation; `logs` has both.
  func epochEnd(_ training: TrainingContext) throws
  /// After the last step of an epoch that is stopped before the end of its data or of its validation; `epochEnd` follows.
  func epochStopped(_ training: TrainingContext) throws
  /// Before the epoch's validation.
  func testBegin(_ training: TrainingContext) throws
  /// After the epoch's validation, also when it was stopped.
  func testEnd(_ training: TrainingContext) throws
  /// After a step; `logs` has the epoch's means so far.
  func batchEnd(_ training: TrainingContext) throws

  /// What the callback remembers from epoch to epoch, for a backup of the run.
  var state: CallbackState { get }
  /// Takes over what `state` was when the run was interrupted; called after `trainBegin`.
  func restore(_ state: CallbackState)
}

/// What a callback remembers, in a form that files hold.
public struct CallbackState: Sendable {
  /// Numbers by name.
  public var numbers: [String: Double]
  /// Weights, such as those of the best epoch.
  public var weights: WeightSnapshot?

  /// What is remembered: numbers by name, and weights.
  public init(numbers: [String: Double] = [:], weights: WeightSnapshot? = nil) {
    self.numbers = numbers
    self.weights = weights
  }
}

extension Callback {
  public var watchesBatches: Bool { false }
  public func trainBegin(_ training: TrainingContext) throws {}
  public func trainEnd(_ training: TrainingContext) throws {}
  public func epochBegin(_ training: TrainingContext) throws {}
  public func epochEnd(_ training: TrainingContext) throws {}
  public func epochStopped(_ training: TrainingContext) throws {}
  public func testBegin(_ training: TrainingContext) throws {}
  public func testEnd(_ training: TrainingContext) throws {}
  public func batchEnd(_ training: TrainingContext) throws {}
  public var state: CallbackState { CallbackState() }
  public func restore(_ state: CallbackState) {}
}
