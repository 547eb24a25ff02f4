/// Where training gets its samples from: something that fills the memory of a step's inputs, batch by batch.
public protocol BatchSource: Sendable {
  /// Types of one sample, without the batch axis.
  var inputs: [TensorType] { get }
  /// Types of one sample's targets, without the batch axis.
  var targets: [TensorType] { get }
  /// Whether each sample has a weight.
  var hasSampleWeights: Bool { get }
  /// Samples in one epoch, where known.
  var sampleCount: Int? { get }

  /// The batches of one epoch. The order is a function of the seed and the epoch's number, so that a resumed run
  /// continues where it stopped: `skipping` is the number of samples already seen.
  func batches(epoch: Int, seed: Int, skipping: Int) throws -> any BatchIterator

  /// Where the n-th sample of an epoch lies in the data the source was made from, for messages; nil where it cannot be
  /// told. Asked after a failure only.
  func origin(of sample: Int, epoch: Int, seed: Int) -> Int?
}

extension BatchSource {
  public func origin(of sample: Int, epoch: Int, seed: Int) -> Int? { nil }
}

/// The batches of one epoch.
public protocol BatchIterator: AnyObject {
  /// Fills the memory of at most `capacity` samples, in row-major order: inputs, then targets, then sample weights
  /// (float32) if the source has them; returns how many samples there were, 0 at the end.
  func next(into memory: [UnsafeMutableRawPointer], capacity: Int) throws -> Int
}
