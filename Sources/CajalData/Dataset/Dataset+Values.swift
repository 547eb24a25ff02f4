// What is done to the numbers: scales, classes, checks; and looking at them.
import Cajal

/// Mean and standard deviation of each feature (last axis), to bring features to one scale.
///
/// Take it from the training data and apply the same to everything else.
public struct Standardization: Hashable, Codable, Sendable {
  /// Mean of each feature.
  public var mean: [Float]
  /// Divided by n; features that never change count as 1.
  public var deviation: [Float]

  /// Means and standard deviations, one of each for every feature.
  public init(mean: [Float], deviation: [Float]) {
    self.mean = mean
    self.deviation = deviation
  }

  var inverseDeviation: [Float] { deviation.map { $0 > 0 ? 1 / $0 : 1 } }
}

extension Dataset {
  /// y = x · scale + offset on an input, as `float32`. Example: pixels 0…255 to 0…1 by `rescaled(1 / 255)`.
  ///
  /// Errors: `.dtype` for float16 and bfloat16, `.argument` if there is no such input.
  public func rescaled(_ scale: Float, offset: Float = 0, input: Int = 0) throws -> Dataset {
    try transformed(slot: slot(input: input), Rescaling(scale: scale, offset: offset))
  }

  /// (x − mean) / deviation on an input, with the figures of `standardization(input:)` of the training data.
  ///
  /// Errors: `.shape` if the last axis has another number of features.
  public func normalized(_ standardization: Standardization, input: Int = 0) throws -> Dataset {
    try transformed(slot: slot(input: input), Standardizing(standardization: standardization))
  }

  /// Labels 0 ..< classes to rows of 0 and 1 (`float32`): Keras's `to_categorical`.
  ///
  /// Shapes: target `[]` or `[…, 1]` → `[…, classes]`. A label out of range is an error (`.value`) naming the sample.
  public func oneHot(classes: Int, target: Int = 0) throws -> Dataset {
    guard classes > 0, classes <= 1 << 24 else {
      throw CajalError(
        .argument, "Dataset.oneHot", expected: "1 to 16777216 classes", given: "\(classes) were asked for")
    }
    return try transformed(slot: slot(target: target), OneHotEncoding(classes: classes))
  }

  /// Mean and deviation of each feature, in one pass over all samples.
  public func standardization(input: Int = 0) throws -> Standardization {
    let slot = try slot(input: input)
    let type = stage.slots[slot]
    let features = max(type.shape.last, 1)
    var mean = [Double](repeating: 0, count: features)
    var squares = [Double](repeating: 0, count: features)
    var seen = 0.0
    let reading = try NumberReading(type.dtype, asking: "Dataset.standardization")
    try forEachBatch { memory, rows in
      for position in 0..<(rows.count * type.shape.count / features) {
        seen += 1
        for feature in 0..<features {  // Welford's recurrence
          let value = reading.double(memory[slot], position * features + feature)
          let distance = value - mean[feature]
          mean[feature] += distance / seen
          squares[feature] += distance * (value - mean[feature])
        }
      }
    }
    let deviation = squares.map { $0 > 0 ? Float(($0 / max(seen, 1)).squareRoot()) : 1 }
    return Standardization(mean: mean.map(Float.init), deviation: deviation)
  }

  /// Looks at every sample once: numbers must be finite and labels (first target, whole numbers) below `classes`.
  ///
  /// Errors: `.value` naming the first bad sample, the input or target and the place in it.
  @discardableResult
  public func validated(classes: Int? = nil) throws -> Dataset {
    try forEachBatch { memory, rows in
      for (slot, type) in stage.slots.enumerated() where type.dtype == .float32 || type.dtype == .float64 {
        let reading = try NumberReading(type.dtype, asking: "Dataset.validated")
        for position in 0..<(rows.count * type.shape.count) {
          let value = reading.double(memory[slot], position)
          guard value.isFinite else {
            let name = slot < inputCount ? "input \(slot)" : "target \(slot - inputCount)"
            throw CajalError(
              .value, "Dataset, sample \(rows[position / type.shape.count]), \(name)", expected: "finite numbers",
              given: "element \(position % type.shape.count) is \(value)",
              advice: "Drop the sample or fill the value in (CSV: the missing-value policy).")
          }
        }
      }
      if let classes, targetCount > 0, !stage.slots[inputCount].dtype.isFloating {
        try LabelRange(classes: classes, asking: "Dataset").walk(
          memory[inputCount], type: stage.slots[inputCount], rows: rows
        ) { _, _ in }
      }
    }
    return self
  }

  /// Every sample in memory, one tensor `[samples, …]` per input and target; the order is that of epoch 0 and seed 0.
  public func tensors() throws -> (inputs: [Tensor], targets: [Tensor], sampleWeights: Tensor?) {
    let storages = stage.slots.map { Storage($0.dtype, count: $0.shape.count * count) }
    let reader = try stage.reader(epoch: 0, seed: 0)
    try storages.map(\.pointer).withUnsafeBufferPointer { try reader.fill(Rows(0..<count), into: $0) }
    let tensors = try zip(storages, stage.slots).map { try Tensor($0, shape: Shape([count] + $1.shape.dimensions)) }
    return (
      Array(tensors[..<inputCount]), Array(tensors[inputCount..<(inputCount + targetCount)]),
      hasSampleWeights ? tensors.last : nil
    )
  }

  /// The same samples, all made now and kept in memory.
  public func materialized() throws -> Dataset {
    let (inputs, targets, weights) = try tensors()
    let kept = try Dataset(inputs: inputs, targets: targets, sampleWeights: weights)
    return with(kept.stage)
  }

  // MARK: -

  func transformed(slot: Int, _ transform: some SlotTransform) throws -> Dataset {
    with(try TransformStage(stage, slot: slot, transform))
  }

  private func slot(input: Int) throws -> Int {
    guard input >= 0, input < inputCount else {
      throw CajalError(.argument, "Dataset", expected: "an input in 0..<\(inputCount)", given: "\(input) was named")
    }
    return input
  }

  private func slot(target: Int) throws -> Int {
    guard target >= 0, target < targetCount else {
      throw CajalError(.argument, "Dataset", expected: "a target in 0..<\(targetCount)", given: "\(target) was named")
    }
    return inputCount + target
  }

  /// Walks all samples in epoch 0's order, some at a time.
  func forEachBatch(_ body: ([UnsafeMutableRawPointer], Rows) throws -> Void) throws {
    let bytesPerSample = max(1, stage.slots.reduce(0) { $0 + $1.byteCount })
    let size = max(1, min(count, (1 << 20) / bytesPerSample))
    let memory = stage.slots.map {
      UnsafeMutableRawPointer.allocate(byteCount: max(1, $0.byteCount * size), alignment: 64)
    }
    defer { for block in memory { block.deallocate() } }
    let reader = try stage.reader(epoch: 0, seed: 0)
    for start in stride(from: 0, to: count, by: size) {
      let rows = Rows(start..<min(start + size, count))
      try memory.withUnsafeBufferPointer { try reader.fill(rows, into: $0) }
      try body(memory, rows)
    }
  }
}
