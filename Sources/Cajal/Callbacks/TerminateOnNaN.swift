/// Ends training at the first loss that is not a finite number.
///
/// It looks after every step, or with `everyBatch: false` after every epoch, which costs nothing.
public final class TerminateOnNaN: Callback {
  public let watchesBatches: Bool

  /// Looks after every step, or only after every epoch.
  public init(everyBatch: Bool = true) { watchesBatches = everyBatch }

  public func batchEnd(_ training: TrainingContext) { look(training, "batch \(training.batch + 1) of epoch") }
  public func epochEnd(_ training: TrainingContext) { look(training, "epoch") }

  private func look(_ training: TrainingContext, _ moment: String) {
    guard let loss = training.logs["loss"], !loss.isFinite, !training.control.stopTraining else { return }
    training.control.stopTraining = true
    training.control.note(
      "The loss is \(loss) in \(moment) \(training.epoch + 1): training stops. "
        + "Try a smaller learning rate or clipping: .globalNorm(1), and look for NaN in the data.")
  }
}
