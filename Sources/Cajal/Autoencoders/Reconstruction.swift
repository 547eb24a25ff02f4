/// How an autoencoder's input and its reconstruction are compared.
public enum Reconstruction: Hashable, Sendable, Codable {
  /// The mean of squared differences, for any values.
  case meanSquaredError
  /// The mean cross-entropy, for values in 0 … 1 and a decoder that ends with a sigmoid.
  case binaryCrossentropy
  /// -ln p(x) in nats, summed over a sample, where each value is yes or no; the decoder ends with a sigmoid.
  case bernoulli
  /// -ln p(x) in nats, summed over a sample, where each value has normal noise of this deviation.
  case gaussian(deviation: Double)
  /// The sum of squared differences over values that are not 0, which stands for missing: ``ObservedSquaredError``.
  case observed

  /// What training makes small.
  public var loss: any Loss {
    switch self {
    case .meanSquaredError: .meanSquaredError
    case .binaryCrossentropy: .binaryCrossentropy
    case .bernoulli: .bernoulliLikelihood
    case .gaussian(let deviation): .gaussianLikelihood(deviation: deviation)
    case .observed: .observedSquaredError
    }
  }

  /// Whether values must lie in 0 … 1.
  var takesProbabilities: Bool { self == .bernoulli || self == .binaryCrossentropy }

  /// Demands values in 0 … 1 where the comparison needs them.
  ///
  /// Errors: `.value`, with the sample's number.
  func demandValues(of x: Tensor, _ subject: String) throws {
    guard takesProbabilities, x.rank > 0, x.shape[0] > 0, x.dtype == .float32 else { return }
    let storage = x.storage
    try demandValues(
      storage.pointer.assumingMemoryBound(to: Float.self), count: storage.count, samples: x.shape[0], subject)
  }

  func demandValues(_ values: UnsafePointer<Float>, count: Int, samples: Int, _ subject: String) throws {
    guard takesProbabilities else { return }
    var (lowest, highest): (Float, Float) = (0, 1)
    for place in 0..<count {
      lowest = Swift.min(lowest, values[place])
      highest = Swift.max(highest, values[place])
    }
    guard lowest < 0 || highest > 1 else { return }
    let bad = (0..<count).first { values[$0] < 0 || values[$0] > 1 } ?? 0
    throw CajalError(
      .value, subject, expected: "values in 0 … 1, which a decoder of yes or no can give",
      given: "one is \(values[bad]) in sample \(bad / Swift.max(count / Swift.max(samples, 1), 1))",
      advice: "Bring the values to 0 … 1, or compare by .meanSquaredError or .gaussian(deviation:).")
  }
}

/// A source of samples each of which is its own target.
struct InputsAsTargets: BatchSource {
  private let source: any BatchSource
  private let reconstruction: Reconstruction
  var inputs: [TensorType] { source.inputs }
  var targets: [TensorType] { source.inputs }
  var hasSampleWeights: Bool { source.hasSampleWeights }
  var sampleCount: Int? { source.sampleCount }

  /// Errors: `.argument` for a source without samples or with several inputs.
  init(_ source: any BatchSource, _ reconstruction: Reconstruction) throws {
    guard source.inputs.count == 1 else {
      throw CajalError(
        .argument, "Autoencoder", expected: "samples of one input", given: "there are \(source.inputs.count)")
    }
    guard source.sampleCount != 0 else {
      throw CajalError(.value, "Autoencoder", expected: "at least one sample", given: "there is none")
    }
    self.source = source
    self.reconstruction = reconstruction
  }

  func batches(epoch: Int, seed: Int, skipping: Int) throws -> any BatchIterator {
    Batches(try source.batches(epoch: epoch, seed: seed, skipping: skipping), source, reconstruction)
  }

  func origin(of sample: Int, epoch: Int, seed: Int) -> Int? { source.origin(of: sample, epoch: epoch, seed: seed) }

  private final class Batches: BatchIterator {
    private let batches: any BatchIterator
    private let type: TensorType
    private let left: [TensorType]
    private let reconstruction: Reconstruction
    /// Memory for the targets that nobody wants.
    private var scratch: [Storage] = []

    init(_ batches: any BatchIterator, _ source: any BatchSource, _ reconstruction: Reconstruction) {
      self.batches = batches
      type = source.inputs[0]
      left = source.targets
      self.reconstruction = reconstruction
    }

    func next(into memory: [UnsafeMutableRawPointer], capacity: Int) throws -> Int {
      if scratch.count != left.count || zip(scratch, left).contains(where: { $0.count < $1.shape.count * capacity }) {
        scratch = left.map { Storage($0.dtype, count: $0.shape.count * capacity) }
      }
      let count = try batches.next(
        into: [memory[0]] + scratch.map(\.pointer) + memory.dropFirst(2), capacity: capacity)
      if type.dtype == .float32 {
        try reconstruction.demandValues(
          memory[0].assumingMemoryBound(to: Float.self), count: count * type.shape.count, samples: count,
          "Autoencoder.fit, in a batch of \(count)")
      }
      memory[1].copyMemory(from: memory[0], byteCount: count * type.byteCount)
      return count
    }
  }
}
