/// Sets the step size at the beginning of each epoch, and adds `learning_rate` to the epoch's logs.
///
/// For a step size that changes from step to step use an optimizer that is `following` a schedule.
/// Example: `LearningRateScheduler { epoch, rate in epoch < 10 ? rate : rate * 0.9 }`
public final class LearningRateScheduler: Callback {
  private let rate: (_ epoch: Int, _ current: Double) -> Double

  /// - Parameter rate: The step size of an epoch, counted from 0, given the current one.
  public init(_ rate: @escaping (_ epoch: Int, _ current: Double) -> Double) { self.rate = rate }

  /// A schedule counted in epochs.
  public convenience init(_ schedule: any LearningRateSchedule) {
    self.init { epoch, _ in schedule.rate(atStep: epoch) }
  }

  public func trainBegin(_ training: TrainingContext) throws {
    try training.control.demandSettableRate("LearningRateScheduler")
  }

  public func epochBegin(_ training: TrainingContext) throws {
    let next = rate(training.epoch, training.control.learningRate)
    guard next.isFinite, next >= 0 else {
      throw CajalError(
        .value, "LearningRateScheduler", expected: "a learning rate of at least 0",
        given: "it is \(next) in epoch \(training.epoch + 1)")
    }
    training.control.learningRate = next
  }

  public func epochEnd(_ training: TrainingContext) { training.logs["learning_rate"] = training.control.learningRate }
}

extension TrainingControl {
  func demandSettableRate(_ subject: String) throws {
    guard hasSchedule else { return }
    throw CajalError(
      .argument, subject, expected: "an optimizer with a learning rate of its own", given: "it follows a schedule",
      advice: "Use the schedule or this callback, not both.")
  }
}
