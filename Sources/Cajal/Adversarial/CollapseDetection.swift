/// Watches whether a GAN's generator has collapsed: makes the same few samples of whatever noise.
///
/// It looks at `diversity` in the logs: the sum over all numbers of a sample of their variance among fakes, divided by that
/// among real samples (for conditional models within each class). 1 is as it should be and 0 is one sample for all noise. What
/// it cannot see is a generator that leaves out whole kinds of samples and varies the rest: count those with a classifier.
///
/// `GAN.fit` adds one that warns if it is given none.
/// Example: `gan.fit(images, epochs: 20, callbacks: [CollapseDetection(stops: true)])`
public final class CollapseDetection: Callback {
  /// A diversity below this is a collapse.
  public let threshold: Double
  /// Batches before which nothing is said: what a generator makes at its beginning is always alike.
  public let minimumSteps: Int
  /// Epochs in a row that it takes.
  public let patience: Int
  /// Whether training ends.
  public let stops: Bool
  /// The epoch, from 0, in which a collapse was found; nil as long as there was none.
  public private(set) var collapsedEpoch: Int?
  private var epochs = 0

  /// Watches for a diversity below `threshold` in `patience` epochs in a row, from `minimumSteps` batches on; warns, or
  /// `stops` training too.
  public init(threshold: Double = 0.25, patience: Int = 2, minimumSteps: Int = 500, stops: Bool = false) {
    self.threshold = threshold
    self.minimumSteps = minimumSteps
    self.patience = max(1, patience)
    self.stops = stops
  }

  public func trainBegin(_ training: TrainingContext) { (collapsedEpoch, epochs) = (nil, 0) }

  public func epochEnd(_ training: TrainingContext) {
    guard let diversity = training.logs["diversity"], training.step >= minimumSteps else { return }
    epochs = diversity < threshold ? epochs + 1 : 0
    guard epochs >= patience else { return }
    let isNew = collapsedEpoch == nil
    collapsedEpoch = collapsedEpoch ?? training.epoch
    if stops { training.control.stopTraining = true }
    guard isNew || stops else { return }
    let percent = "\((diversity * 1000).rounded() / 10)"
    training.control.note(
      "Epoch \(training.epoch + 1): the generator has collapsed: its samples differ by \(percent) % of what real ones do"
        + "\(stops ? "; training stops" : ""). Try a smaller learning rate, labelSmoothing: 0.1, "
        + "or loss: .wasserstein() with a critic without batch normalization.")
  }
}
