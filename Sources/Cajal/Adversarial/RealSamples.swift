// What a GAN looks at in the samples it is trained on: whether they are what its models can make, and how much they differ.
import CajalGraph

/// What all real samples have passed: numbers in the range, labels of all classes; and how much samples differ from each other.
struct RealSamples {
  private let range: ClosedRange<Float>?
  private let classes: Int
  private let isConditional: Bool
  /// Samples of each class.
  private var counts: [Int]
  /// How the first samples differ.
  private(set) var spread: SampleSpread
  private var lowest = Float.infinity
  private var highest = -Float.infinity

  /// Looks at every sample of a source once.
  ///
  /// Errors: `.value` for numbers outside the range, no numbers, labels that are none of the classes, a class without samples,
  /// and samples that lie in the upper half of the range alone.
  init(of source: any BatchSource, for gan: GAN, epoch: Int) throws {
    range = gan.range
    classes = gan.classes ?? 1
    isConditional = gan.classes != nil
    counts = [Int](repeating: 0, count: gan.classes ?? 1)
    spread = SampleSpread(size: gan.sampleShape.count, classes: gan.classes ?? 1)
    let rows = 128
    let types = source.inputs + source.targets + (source.hasSampleWeights ? [TensorType([], .float32)] : [])
    let buffers = types.map { Storage($0.dtype, count: $0.shape.count * rows) }
    let memory = buffers.map(\.pointer)
    let iterator = try source.batches(epoch: epoch, seed: gan.seed, skipping: 0)
    var seen = 0
    try withExtendedLifetime(buffers) {
      while true {
        let count = try iterator.next(into: memory, capacity: rows)
        guard count > 0 else { break }
        let values = memory[0].assumingMemoryBound(to: Float.self)
        let labels = gan.classes == nil ? nil : memory[1].assumingMemoryBound(to: Int32.self)
        try look(
          UnsafeBufferPointer(start: values, count: count * spread.size),
          labels: labels.map { UnsafeBufferPointer(start: $0, count: count) }
        ) { source.origin(of: seen + $0, epoch: epoch, seed: gan.seed) }
        seen += count
      }
    }
    try finish()
  }

  /// Looks at a batch; `sample` tells the place of a row in the caller's data.
  private mutating func look(
    _ values: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Int32>?, sample: (Int) -> Int?
  )
    throws
  {
    var (low, high, isFinite) = (Float.infinity, -Float.infinity, true)
    for value in values {
      low = min(low, value)
      high = max(high, value)
      isFinite = isFinite && value.isFinite
    }
    let size = spread.size
    func place(_ row: Int) -> String { sample(row).map { "sample \($0)" } ?? "row \(row) of a batch" }
    // A little more than the range is rounding.
    let slack = range.map { ($0.upperBound - $0.lowerBound) * 1e-4 } ?? 0
    if !isFinite || range.map({ low < $0.lowerBound - slack || high > $0.upperBound + slack }) ?? false {
      let bad = values.firstIndex { value in
        !value.isFinite || range.map { value < $0.lowerBound - slack || value > $0.upperBound + slack } ?? false
      }
      let text = range.map { "in \($0.lowerBound)...\($0.upperBound), which is what the generator makes" } ?? ""
      throw CajalError(
        .value, "GAN", expected: "numbers \(text)", given: "\(place((bad ?? 0) / size)) has \(values[bad ?? 0])",
        advice: high > 2 && low >= 0
          ? "Pixels of 0 to 255 become -1...1 by x / 127.5 - 1." : "Rescale the samples, or say range: to GAN.")
    }
    if let labels {
      for (row, label) in labels.enumerated() where label < 0 || label >= classes {
        throw CajalError(
          .value, "GAN", expected: "labels in 0..<\(classes)", given: "\(place(row)) has \(label)",
          advice: "Say classes: to GAN and to both models as many as there are.")
      }
      for label in labels { counts[Int(label)] += 1 }
    }
    (lowest, highest) = (min(lowest, low), max(highest, high))
    spread.add(values, labels: labels)
  }

  /// What can be told when all samples have been seen.
  private func finish() throws {
    if isConditional, let empty = counts.firstIndex(of: 0) {
      throw CajalError(
        .value, "GAN", expected: "samples of each of the \(classes) classes", given: "class \(empty) has none",
        advice: "Nothing can be learned of it: number the classes without gaps, or say fewer classes:.")
    }
    guard let range, lowest >= (range.lowerBound + range.upperBound) / 2 else { return }
    throw CajalError(
      .value, "GAN", expected: "samples that fill \(range.lowerBound)...\(range.upperBound)",
      given: "they lie in \(lowest)...\(highest)",
      advice: "Pixels of 0 to 1 become -1...1 by 2 x - 1; for a generator that ends in a sigmoid say range: 0...1.")
  }
}

/// How much samples differ from each other: the sum over all numbers of a sample of their variance, within each class.
///
/// With one class it is half the mean squared distance of two samples. Within classes, because a conditional generator that
/// ignores its noise still makes one sample for each class.
struct SampleSpread {
  /// Numbers of one sample.
  let size: Int
  private var sums: [[Double]]
  private var squares: [Double]
  private var counts: [Int]
  private var samples = 0
  /// Samples that are looked at.
  static let most = 2048

  init(size: Int, classes: Int) {
    self.size = size
    sums = Array(repeating: [Double](repeating: 0, count: size), count: classes)
    squares = [Double](repeating: 0, count: classes)
    counts = [Int](repeating: 0, count: classes)
  }

  mutating func add(_ values: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Int32>?) {
    for row in 0..<(values.count / max(size, 1)) where samples < Self.most {
      let label = labels.map { Int($0[row]) } ?? 0
      counts[label] += 1
      samples += 1
      var square = 0.0
      for place in 0..<size {
        let value = Double(values[row * size + place])
        sums[label][place] += value
        square += value * value
      }
      squares[label] += square
    }
  }

  /// The pooled variance; nil where no class has two samples.
  var variance: Double? {
    var (total, freedom) = (0.0, 0)
    for (label, count) in counts.enumerated() where count > 1 {
      let mean = sums[label].reduce(0) { $0 + $1 * $1 } / Double(count)
      total += squares[label] - mean
      freedom += count - 1
    }
    return freedom > 0 ? max(0, total) / Double(freedom) : nil
  }
}

extension GAN {
  /// How different fakes are, as a part of how different real samples are: 1 is as it should be, 0 one sample for all noise.
  ///
  /// The sum over all pixels of the variance, for conditional models within each class.
  func diversity(against real: SampleSpread) throws -> Double? {
    guard let wanted = real.variance, wanted > 0 else { return nil }
    let count = 512
    let fakes = try generate(count, seed: seed &+ 1)
    var spread = SampleSpread(size: real.size, classes: classes ?? 1)
    let labels = classes.map { classes in (0..<count).map { Int32($0 % classes) } }
    fakes.storage.withBytes { bytes in
      let values = bytes.bindMemory(to: Float.self)
      if let labels {
        labels.withUnsafeBufferPointer { spread.add(values, labels: $0) }
      } else {
        spread.add(values, labels: nil)
      }
    }
    return spread.variance.map { $0 / wanted }
  }
}
