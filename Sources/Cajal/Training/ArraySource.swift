import Foundation

/// Samples that lie in memory: the tensors of `fit(x, y)`.
struct ArraySource: BatchSource {
  private let arrays: [Storage]
  private let rowBytes: [Int]
  /// Which samples belong to the source, in their own order.
  private let rows: Range<Int>
  private let shuffles: Bool
  let inputs: [TensorType]
  let targets: [TensorType]
  let hasSampleWeights: Bool
  var sampleCount: Int? { rows.count }

  /// Errors: `.shape` where the numbers of samples differ, `.value` where there is none.
  init(inputs: [Tensor], targets: [Tensor], sampleWeights: Tensor? = nil, shuffles: Bool) throws {
    let all = inputs + targets + (sampleWeights.map { [$0.cast(to: .float32)] } ?? [])
    guard let first = all.first, let count = first.shape.dimensions.first, count > 0 else {
      throw CajalError(
        .value, "data", expected: "at least one sample along the first axis",
        given: "the shape is \(all.first?.shape ?? [])")
    }
    for other in all where other.shape.dimensions.first != count {
      throw CajalError(
        .shape, "data", expected: "as many samples everywhere: \(count), as in \(first.shape)",
        given: "one tensor is \(other.shape)")
    }
    func sample(_ tensor: Tensor) -> TensorType {
      TensorType(Shape(Array(tensor.shape.dimensions.dropFirst())), tensor.dtype)
    }
    self.inputs = inputs.map(sample)
    self.targets = targets.map(sample)
    hasSampleWeights = sampleWeights != nil
    arrays = all.map(\.storage)
    rowBytes = all.map { sample($0).byteCount }
    rows = 0..<count
    self.shuffles = shuffles
  }

  private init(_ source: ArraySource, rows: Range<Int>, shuffles: Bool) {
    (arrays, rowBytes, inputs, targets) = (source.arrays, source.rowBytes, source.inputs, source.targets)
    hasSampleWeights = source.hasSampleWeights
    self.rows = rows
    self.shuffles = shuffles
  }

  /// Demands numbers everywhere: a NaN or an infinity in the data would spoil the parameters, or hide behind a ReLU.
  ///
  /// Errors: `.value`, with the sample's number.
  func demandFinite() throws {
    let names = inputs.indices.map { "input \($0)" } + targets.indices.map { "target \($0)" } + ["sample weights"]
    for (index, array) in arrays.enumerated() where array.dtype == .float32 {
      // Without its sign a float's bits are in the order of its size; infinity and NaN are the largest.
      let bad = array.withBytes { bytes -> Int? in
        let bits = bytes.bindMemory(to: UInt32.self)
        var largest: UInt32 = 0
        for place in bits.indices { largest = max(largest, bits[place] & 0x7fff_ffff) }
        return largest < 0x7f80_0000 ? nil : bits.firstIndex { $0 & 0x7fff_ffff >= 0x7f80_0000 }
      }
      guard let bad else { continue }
      let value = array.withBytes { $0.load(fromByteOffset: bad * 4, as: Float.self) }
      throw CajalError(
        .value, "data", expected: "finite numbers",
        given: "\(names[index]) has \(value.isNaN ? "NaN" : "\(value)") in sample \(bad * 4 / max(rowBytes[index], 1))",
        advice: "Fill in or leave out missing values before training.")
    }
  }

  /// The first and the last samples, as Keras splits: the last `fraction` is for validation, before any shuffling.
  func split(validation fraction: Double) throws -> (training: ArraySource, validation: ArraySource) {
    let training = Int(Double(rows.count) * (1 - fraction))
    guard fraction > 0, fraction < 1, training > 0, training < rows.count else {
      throw CajalError(
        .argument, "validationSplit", expected: "a fraction that leaves samples on both sides",
        given: "it is \(fraction) of \(rows.count) samples")
    }
    return (
      ArraySource(self, rows: rows.lowerBound..<(rows.lowerBound + training), shuffles: shuffles),
      ArraySource(self, rows: (rows.lowerBound + training)..<rows.upperBound, shuffles: false)
    )
  }

  func batches(epoch: Int, seed: Int, skipping: Int) throws -> any BatchIterator {
    Batches(self, order: shuffles ? Permutation.shuffled(rows, seed: seed, epoch: epoch) : nil, position: skipping)
  }

  func origin(of sample: Int, epoch: Int, seed: Int) -> Int? {
    guard sample >= 0, sample < rows.count else { return nil }
    return shuffles ? Int(Permutation.shuffled(rows, seed: seed, epoch: epoch)[sample]) : rows.lowerBound + sample
  }

  private final class Batches: BatchIterator {
    private let source: ArraySource
    private let order: [Int32]?
    private var position: Int

    init(_ source: ArraySource, order: [Int32]?, position: Int) {
      self.source = source
      self.order = order
      self.position = position
    }

    func next(into memory: [UnsafeMutableRawPointer], capacity: Int) throws -> Int {
      let count = min(capacity, source.rows.count - position)
      guard count > 0 else { return 0 }
      for index in source.arrays.indices {
        let bytes = source.rowBytes[index]
        let base = source.arrays[index].pointer
        if let order {
          for row in 0..<count { memcpy(memory[index] + row * bytes, base + Int(order[position + row]) * bytes, bytes) }
        } else {
          memcpy(memory[index], base + (source.rows.lowerBound + position) * bytes, count * bytes)
        }
      }
      position += count
      return count
    }
  }
}

/// Orders that depend on a seed and a number alone, the same on every machine.
package enum Permutation {
  /// The rows in a random order (Fisher and Yates, with SplitMix64 as the source of numbers).
  package static func shuffled(_ rows: Range<Int>, seed: Int, epoch: Int) -> [Int32] {
    var order = rows.map { Int32(truncatingIfNeeded: $0) }
    var state =
      UInt64(bitPattern: Int64(seed)) &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(bitPattern: Int64(epoch))
      &* 0xd1b5_4a32_d192_ed03
    func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
    for index in stride(from: order.count - 1, to: 0, by: -1) {
      let other = Int(next().multipliedFullWidth(by: UInt64(index + 1)).high)
      order.swapAt(index, other)
    }
    return order
  }
}
