/// A callback of closures, for a few lines.
///
/// Example: `LambdaCallback(epochEnd: { print($0.epoch, $0.logs) })`
public final class LambdaCallback: Callback {
  /// What is done at a moment of training.
  public typealias Action = (TrainingContext) throws -> Void
  private let atTrainBegin, atTrainEnd, atEpochBegin, atEpochEnd, atTestBegin, atTestEnd, atBatchEnd: Action?

  /// A callback of the closures given; the other moments pass unnoticed.
  public init(
    trainBegin: Action? = nil, trainEnd: Action? = nil, epochBegin: Action? = nil, epochEnd: Action? = nil,
    testBegin: Action? = nil, testEnd: Action? = nil, batchEnd: Action? = nil
  ) {
    atTrainBegin = trainBegin
    atTrainEnd = trainEnd
    atEpochBegin = epochBegin
    atEpochEnd = epochEnd
    atTestBegin = testBegin
    atTestEnd = testEnd
    atBatchEnd = batchEnd
  }

  public var watchesBatches: Bool { atBatchEnd != nil }
  public func trainBegin(_ training: TrainingContext) throws { try atTrainBegin?(training) }
  public func trainEnd(_ training: TrainingContext) throws { try atTrainEnd?(training) }
  public func epochBegin(_ training: TrainingContext) throws { try atEpochBegin?(training) }
  public func epochEnd(_ training: TrainingContext) throws { try atEpochEnd?(training) }
  public func testBegin(_ training: TrainingContext) throws { try atTestBegin?(training) }
  public func testEnd(_ training: TrainingContext) throws { try atTestEnd?(training) }
  public func batchEnd(_ training: TrainingContext) throws { try atBatchEnd?(training) }
}
