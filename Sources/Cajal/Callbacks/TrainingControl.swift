/// What callbacks may do to the training they watch; the trainer implements it.
///
/// All of it is called between steps, on the task that called `fit`.
public protocol TrainingControl: AnyObject {
  /// The step size of the coming steps. Not to be set where `hasSchedule`.
  var learningRate: Double { get set }
  /// Whether the optimizer's schedule decides about the step size.
  var hasSchedule: Bool { get }
  /// Set to end training after the current step or epoch.
  var stopTraining: Bool { get set }
  /// Names the logs of an epoch can have, whether or not each epoch has them.
  var logNames: [String] { get }
  /// Which way a metric of the model gets better, by its name without `val_`; nil where it is unknown.
  func direction(of metric: String) -> MetricDirection?
  /// Writes the whole model with the optimizer's state, all or nothing.
  func save(to path: String) throws
  /// Writes the weights alone, all or nothing.
  func saveWeights(to path: String) throws
  /// Writes everything that the run needs to go on from here, all or nothing.
  func backUp(to path: String) throws
  /// Goes on from a backup; false where there is none. Called in `trainBegin`.
  func resume(from path: String) throws -> Bool
  /// A copy of the parameters and states.
  func weights() throws -> WeightSnapshot
  /// Sets parameters and states to a copy taken before.
  func restore(_ weights: WeightSnapshot) throws
  /// Lets the parameters and the averages that the optimizer keeps of them change places.
  func swapAverages() throws
  /// A line for the person who watches, shown where it does not disturb the progress display.
  func note(_ message: String)
}

extension TrainingControl {
  public func backUp(to path: String) throws {
    throw CajalError(
      .unsupported, "\(type(of: self))", expected: "a training that can be backed up", given: "this one cannot")
  }
  public func resume(from path: String) throws -> Bool { false }
  public func swapAverages() throws {
    throw CajalError(
      .unsupported, "\(type(of: self))", expected: "a training that keeps averages", given: "this one does not")
  }
}

/// A copy of a model's parameters and states by path.
public struct WeightSnapshot: Sendable {
  /// Values in row-major order by path.
  public let values: [String: Storage]
  /// A snapshot from values in row-major order by path.
  public init(_ values: [String: Storage]) { self.values = values }
}

/// What callbacks are told, and the training they may change.
public final class TrainingContext {
  /// Number of the epoch, from 0.
  public var epoch: Int
  /// Updates made so far, over all epochs.
  public var step: Int
  /// Number of the batch in its epoch, from 0.
  public var batch: Int
  /// Numbers of the batch or epoch that has ended; what a callback adds, later ones see. Empty at a beginning.
  public var logs: Logs
  /// The training itself: what may be changed.
  public let control: any TrainingControl

  /// The state of a training; made by the trainer, and by tests of callbacks.
  public init(control: any TrainingControl, epoch: Int = 0, step: Int = 0, batch: Int = 0, logs: Logs = [:]) {
    self.control = control
    self.epoch = epoch
    self.step = step
    self.batch = batch
    self.logs = logs
  }
}
