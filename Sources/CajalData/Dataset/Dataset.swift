import Cajal

/// Samples for training, evaluation and prediction: a value that describes a pipeline and reads nothing until asked.
///
/// A sample has any number of inputs and targets and perhaps a weight. Every operation returns a new data set; the
/// same data set may feed several models at once. Orders are functions of seed and epoch alone, so a resumed run
/// sees what an uninterrupted one would have seen.
///
/// Example:
/// `let (train, test) = try Dataset(inputs: images, targets: labels).split(0.8)`
/// `try model.fit(train.shuffle().batch(32).prefetch(), validation: test)`
public struct Dataset: BatchSource {
  let stage: any Stage
  /// How many of the slots are inputs; targets follow, then the weight if there is one.
  let inputCount: Int
  public let hasSampleWeights: Bool
  /// Samples per batch that `batch(_:)` asked for; training may be told otherwise.
  public private(set) var batchSize: Int?
  /// Batches made ahead on a thread of their own; 0 means none.
  public private(set) var prefetchDepth = 0

  init(_ stage: any Stage, inputCount: Int, hasSampleWeights: Bool) {
    self.stage = stage
    self.inputCount = inputCount
    self.hasSampleWeights = hasSampleWeights
  }

  public var inputs: [TensorType] { Array(stage.slots[..<inputCount]) }
  public var targets: [TensorType] { Array(stage.slots[inputCount..<(inputCount + targetCount)]) }
  public var sampleCount: Int? { stage.count }
  /// Number of samples.
  public var count: Int { stage.count }

  var targetCount: Int { stage.slots.count - inputCount - (hasSampleWeights ? 1 : 0) }

  /// The same pipeline with another last stage.
  func with(_ stage: any Stage) -> Dataset {
    var copy = Dataset(stage, inputCount: inputCount, hasSampleWeights: hasSampleWeights)
    copy.batchSize = batchSize
    copy.prefetchDepth = prefetchDepth
    return copy
  }

  public func batches(epoch: Int, seed: Int, skipping: Int) throws -> any BatchIterator {
    guard count > 0 else {
      throw CajalError(
        .argument, "Dataset", expected: "at least one sample", given: "it is empty",
        advice: "Check the filter, the split or the folder that it was made from.")
    }
    guard skipping >= 0, skipping <= count else {
      throw CajalError(
        .argument, "Dataset", expected: "0 to \(count) samples to skip", given: "\(skipping) were asked for",
        advice: "A checkpoint belongs to the data set it was made with.")
    }
    if prefetchDepth > 0 {
      return PrefetchIterator(self, epoch: epoch, seed: seed, skipping: skipping)
    }
    return try StageIterator(stage, epoch: epoch, seed: seed, skipping: skipping)
  }
}

extension Dataset {
  /// Where the n-th sample of an epoch lies in the data at the beginning of the pipeline: row of a table, number of a
  /// file. Where data sets were concatenated, its place in the whole.
  public func origin(of sample: Int, epoch: Int, seed: Int) -> Int? {
    (0..<count).contains(sample) ? stage.origin(of: sample, epoch: epoch, seed: seed) : nil
  }
}

// MARK: - Order and amount

extension Dataset {
  /// A new order every epoch: a whole permutation drawn from seed and epoch, the same on every machine.
  ///
  /// - Parameter seed: fixes the orders whatever seed training has; without it they follow training's seed.
  public func shuffle(seed: Int? = nil) -> Dataset { with(ShuffleStage(stage, seed: seed)) }

  /// Asks for batches of this many samples; the last one of an epoch may be smaller.
  public func batch(_ size: Int) -> Dataset {
    assertUse(size > 0, "Dataset: expected a batch of at least 1 sample, but \(size) was asked for.")
    var copy = self
    copy.batchSize = size
    return copy
  }

  /// Makes batches ahead on a thread of their own, at most `depth` of them; errors arrive where they belong in order.
  public func prefetch(_ depth: Int = 2) -> Dataset {
    assertUse(depth >= 0, "Dataset: expected 0 or more batches to prefetch, but \(depth) was asked for.")
    var copy = self
    copy.prefetchDepth = depth
    return copy
  }

  /// The first `count` samples, or all if there are fewer.
  public func take(_ count: Int) -> Dataset { with(SliceStage(stage, 0..<max(0, min(count, stage.count)))) }

  /// All but the first `count` samples.
  public func skip(_ count: Int) -> Dataset {
    with(SliceStage(stage, max(0, min(count, stage.count))..<stage.count))
  }

  /// The samples at these places, in this order; a place may come more than once.
  ///
  /// Errors: `.argument` for a place outside 0 ..< count.
  public func selecting(_ indices: [Int]) throws -> Dataset {
    if let wrong = indices.first(where: { $0 < 0 || $0 >= stage.count }) {
      throw CajalError(
        .argument, "Dataset.selecting", expected: "places in 0..<\(stage.count)", given: "one is \(wrong)")
    }
    return with(SelectionStage(stage, indices))
  }

  /// Two disjoint parts: `fraction` of the samples, and the rest.
  ///
  /// Samples are dealt by a permutation drawn from `seed`, and keep their order inside a part.
  ///
  /// - Parameters:
  ///   - fraction: share of the first part, 0…1, rounded to whole samples.
  ///   - seed: `nil` cuts in file order instead: the first part is the beginning.
  ///   - stratified: keeps the share of every class (first target, whole numbers or one-hot) in both parts.
  /// Errors: `.argument` if a part would be empty or the order changes between epochs (split first, shuffle after).
  public func split(_ fraction: Double, seed: Int? = 0, stratified: Bool = false) throws -> (Dataset, Dataset) {
    guard !stage.varies else {
      throw CajalError(
        .argument, "Dataset.split", expected: "samples in a fixed order", given: "they are shuffled every epoch",
        advice: "Split first and shuffle the training part after; otherwise the parts would mix.")
    }
    let chosen = try Splitting(fraction: fraction, seed: seed, stratified: stratified).choose(from: self)
    let rest = (0..<count).filter { !chosen[$0] }
    let first = (0..<count).filter { chosen[$0] }
    guard !first.isEmpty, !rest.isEmpty else {
      throw CajalError(
        .argument, "Dataset.split", expected: "a fraction that leaves samples in both parts",
        given: "\(fraction) of \(count) samples gives \(first.count) and \(rest.count)")
    }
    return (with(SelectionStage(stage, first)), with(SelectionStage(stage, rest)))
  }

  /// The samples of this data set, then those of others.
  ///
  /// Errors: `.shape` if the samples have other types.
  public func concatenated(with others: Dataset...) throws -> Dataset {
    for (position, other) in others.enumerated()
    where other.stage.slots != stage.slots || other.inputCount != inputCount
      || other.hasSampleWeights != hasSampleWeights
    {
      throw CajalError(
        .shape, "Dataset.concatenated", expected: "samples \(sampleDescription)",
        given: "argument \(position) has \(other.sampleDescription)")
    }
    return with(ConcatenationStage([stage] + others.map(\.stage)))
  }

  /// Keeps every sample in memory once it has been made.
  ///
  /// Never changes what comes out, except that the noise of a random `map` before it is frozen. Put it after the
  /// costly work and before random work.
  /// - Parameter limit: most bytes to take; more is an error (`.argument`) at the first batch.
  public func cache(limit: Int = 8 << 30) -> Dataset {
    with(stage.belowReordering { CacheStage($0, limit: limit) })
  }

  /// `float32[8] -> float32[1]` as text, for messages.
  var sampleDescription: String {
    let given = inputs.map(\.description).joined(separator: ", ")
    let wanted = targets.map(\.description).joined(separator: ", ")
    return "(\(given)) -> (\(wanted))" + (hasSampleWeights ? " weighted" : "")
  }
}
