/// Judges each epoch by the averages of the parameters, and with `swapOnEpoch` lets what is saved after it have them too.
///
/// The optimizer keeps the averages: `ema: WeightAverage()`. During validation the parameters and their averages change
/// places; with `swapOnEpoch` they do so from before the validation to the beginning of the next epoch. Put it before
/// `ModelCheckpoint`, so that the averages are what is saved.
/// Errors: `.argument` where the optimizer keeps no averages.
/// Example: `callbacks: [SwapEMAWeights(swapOnEpoch: true), ModelCheckpoint("best.cajal", saveBestOnly: true)]`
public final class SwapEMAWeights: Callback {
  /// Whether the averages stay in place until the next epoch begins.
  public let swapOnEpoch: Bool
  private var areAveragesInModel = false

  /// A callback; the option is the property of that name.
  public init(swapOnEpoch: Bool = false) { self.swapOnEpoch = swapOnEpoch }

  public func trainBegin(_ training: TrainingContext) { areAveragesInModel = false }
  public func testBegin(_ training: TrainingContext) throws { try put(true, training) }
  public func testEnd(_ training: TrainingContext) throws { if !swapOnEpoch { try put(false, training) } }
  public func epochEnd(_ training: TrainingContext) throws { if swapOnEpoch { try put(true, training) } }
  public func epochBegin(_ training: TrainingContext) throws { try put(false, training) }

  private func put(_ averages: Bool, _ training: TrainingContext) throws {
    guard averages != areAveragesInModel else { return }
    try training.control.swapAverages()
    areAveragesInModel = averages
  }
}
