import Cajal
import Foundation
import Synchronization
import Testing

@testable import CajalData

@Suite struct DatasetTests {
  @Test func batchesInOrder() throws {
    let (values, sizes) = try collect(try numbered(10))
    #expect(values == (0..<10).map { Float($0) })
    #expect(sizes == [4, 4, 2])
  }

  @Test(arguments: [1, 2, 7, 100]) func shuffleIsAPermutationKeyedBySeedAndEpoch(count: Int) throws {
    let data = try numbered(count).shuffle()
    let first = try collect(data, epoch: 0, seed: 1).values
    #expect(first.sorted() == (0..<count).map { Float($0) })
    #expect(try collect(data, epoch: 0, seed: 1).values == first)
    if count == 100 {
      #expect(try collect(data, epoch: 1, seed: 1).values != first)
      #expect(try collect(data, epoch: 0, seed: 2).values != first)
      let fixed = try numbered(count).shuffle(seed: 5)
      #expect(try collect(fixed, seed: 1).values == collect(fixed, seed: 2).values)
    }
  }

  /// Orders are part of checkpoints: this one may never change.
  @Test func orderIsTheSameEverywhere() throws {
    let order = try collect(try numbered(8).shuffle(), epoch: 3, seed: 42).values
    #expect(order == Self.known)
  }
  static let known: [Float] = [4, 0, 6, 1, 5, 7, 2, 3]

  @Test(arguments: [0, 1, 5, 16, 17]) func skippingResumesTheEpoch(skipped: Int) throws {
    for data in [try numbered(17).shuffle(), try numbered(17).shuffle().prefetch(2)] {
      let whole = try collect(data, epoch: 2, seed: 9).values
      #expect(try collect(data, epoch: 2, seed: 9, skipping: skipped).values == Array(whole[skipped...]))
    }
    #expect(failure { _ = try numbered(17).batches(epoch: 0, seed: 0, skipping: 18) }?.kind == .argument)
  }

  @Test func takeSkipConcatenate() throws {
    let data = try numbered(10)
    #expect(try collect(data.take(3)).values == [0, 1, 2])
    #expect(try collect(data.skip(8)).values == [8, 9])
    let joined = try data.take(2).concatenated(with: data.take(0), data.skip(9))
    #expect(try collect(joined).values == [0, 1, 9])
    #expect(try collect(joined.shuffle(), seed: 3).values.sorted() == [0, 1, 9])
    #expect(try collect(data.shuffle().take(4), seed: 3).values == Array(collect(data.shuffle(), seed: 3).values[..<4]))
    #expect(try collect(data.selecting([7, 7, 1])).values == [7, 7, 1])
    #expect(failure { _ = try data.selecting([10]) }?.kind == .argument)
  }

  @Test func splitsAreDisjointAndStratified() throws {
    let data = try numbered(30)
    let (train, test) = try data.split(0.8, stratified: true)
    #expect(train.count == 24 && test.count == 6)
    let parts = try (collect(train).values, collect(test).values)
    #expect((parts.0 + parts.1).sorted() == (0..<30).map { Float($0) })
    for label in 0..<3 { #expect(parts.1.count { Int($0) % 3 == label } == 2) }
    #expect(try collect(data.split(0.8, seed: nil).1).values == [24, 25, 26, 27, 28, 29])
    #expect(failure { _ = try data.shuffle().split(0.5) }?.kind == .argument)
    #expect(failure { _ = try data.split(1) }?.kind == .argument)
  }

  @Test func mapsAndCaches() throws {
    let calls = Mutex(0)
    let data = try numbered(6).map { sample in
      calls.withLock { $0 += 1 }
      sample.floats()[0] *= 2
    }
    let cached = data.shuffle().cache().prefetch()
    for epoch in 0..<3 {
      #expect(try collect(cached, epoch: epoch).values.sorted() == [0, 2, 4, 6, 8, 10])
    }
    #expect(calls.withLock { $0 } == 6)
    #expect(try collect(cached).values == collect(data.shuffle()).values)
    let wide = try numbered(3).map(inputs: [TensorType([2], .float32)], targets: []) { before, after in
      after.floats()[0] = before.floats()[0]
      after.floats()[1] = Float(after.index)
    }
    #expect(try collect(wide).values == [0, 0, 1, 1, 2, 2])
    #expect(failure { _ = try collect(try numbered(6).cache(limit: 10)) }?.kind == .argument)
  }

  @Test func randomMapsAreKeyed() throws {
    let noisy = try numbered(5).map { $0.floats()[0] = $0.random.unit() }
    #expect(try collect(noisy, epoch: 1, seed: 4).values == collect(noisy, epoch: 1, seed: 4, capacity: 2).values)
    #expect(try collect(noisy, epoch: 1, seed: 4).values != collect(noisy, epoch: 2, seed: 4).values)
    #expect(try Set(collect(noisy).values).count == 5)
  }

  @Test func errorsOfPrefetchComeInOrder() throws {
    struct Mistake: Error {}
    let data = Dataset(count: 10, inputs: [TensorType([], .float32)]) { sample in
      if sample.index == 6 { throw Mistake() }
      sample.floats()[0] = Float(sample.index)
    }
    for prefetched in [data, data.prefetch(3)] {
      let memory = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 64)
      defer { memory.deallocate() }
      let iterator = try prefetched.batches(epoch: 0, seed: 0, skipping: 0)
      #expect(try iterator.next(into: [memory], capacity: 3) == 3)
      #expect(try iterator.next(into: [memory], capacity: 3) == 3)
      #expect(throws: Mistake.self) { try iterator.next(into: [memory], capacity: 3) }
      #expect(throws: Mistake.self) { try iterator.next(into: [memory], capacity: 3) }
    }
  }

  @Test func prefetchStopsWithItsIterator() throws {
    let made = Mutex(0)
    let data = Dataset(count: 1_000_000, inputs: [TensorType([], .float32)]) { _ in made.withLock { $0 += 1 } }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 4, alignment: 64)
    defer { memory.deallocate() }
    do {
      let iterator = try data.prefetch(2).batches(epoch: 0, seed: 0, skipping: 0)
      _ = try iterator.next(into: [memory], capacity: 1)
    }
    usleep(50_000)
    #expect(made.withLock { $0 } <= 5)
  }

  @Test func valuesAndLabels() throws {
    let pixels = try Dataset(inputs: Tensor([UInt8](arrayLiteral: 0, 51, 255), shape: [3, 1]))
    #expect(try zip(collect(pixels.rescaled(1 / 255)).values, [0, 0.2, 1]).allSatisfy { abs($0 - $1) < 1e-6 })
    let oneHot = try numbered(4).oneHot(classes: 3)
    #expect(oneHot.targets == [TensorType([3], .float32)])
    #expect(try oneHot.tensors().targets[0].storage.scalars() as [Float] == [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0])
    let error = failure { _ = try collect(try numbered(4).oneHot(classes: 2)) }
    #expect(
      error?.description == "Dataset.oneHot, sample 2: expected a label in 0..<2, but it is 2. "
        + "Labels start at 0; check the number of classes.")
    let scale = try numbered(5).standardization()
    #expect(scale.mean == [2] && abs(scale.deviation[0] - 2.0.squareRoot().asFloat) < 1e-6)
    let normal = try collect(try numbered(5).normalized(scale)).values
    #expect(abs(normal.reduce(0, +)) < 1e-6)
    let spoiled = try Dataset(rows: [[1, 2], [3, .nan]], labels: [0, 1])
    #expect(failure { try spoiled.validated() }?.subject == "Dataset, sample 1, input 0")
    #expect(failure { try numbered(4).validated(classes: 2) }?.kind == .value)
  }

  @Test func mistakesAreNamed() throws {
    #expect(
      failure { _ = try Dataset(rows: [[1, 2], [3]], labels: [0, 1]) }?.description
        == "Dataset, rows: expected 2 numbers in every row, as in row 0, but row 1 has 1.")
    #expect(failure { _ = try Dataset(rows: [], labels: []) }?.kind == .argument)
    #expect(
      failure { _ = try Dataset(rows: [[1]], labels: [0, 1]) }?.description
        == "Dataset: expected as many samples everywhere as in input 0 (1), but target 0 has 2.")
    #expect(failure { _ = try Dataset(rows: [[1]], labels: [-1]) }?.kind == .value)
    #expect(
      failure { _ = try collect(Dataset(count: 0, inputs: [TensorType([], .float32)]) { _ in }) }?.kind == .argument)
  }

  @Test func weightsComeLast() throws {
    let data = try Dataset(
      inputs: Tensor([1, 2]), targets: Tensor([3, 4]), sampleWeights: Tensor([5, 6]))
    #expect(data.hasSampleWeights && data.inputs.count == 1 && data.targets.count == 1)
    #expect(try data.shuffle().tensors().sampleWeights?.storage.scalars(as: Float.self).sorted() == [5, 6])
  }

  /// A bound ten times above what was measured in release mode: it catches an allocation or a slow path per row.
  @Test func smallBatchesAreCheap() throws {
    let data = try Dataset(
      inputs: .constantZeros([1030, 8]), targets: .constantZeros([1030, 1])
    ).shuffle()
    let memory = [512 * 4, 512 * 4].map { UnsafeMutableRawPointer.allocate(byteCount: $0, alignment: 64) }
    defer { for block in memory { block.deallocate() } }
    let clock = ContinuousClock()
    var best = Duration.seconds(1)
    for epoch in 0..<50 {
      let iterator = try data.batches(epoch: epoch, seed: 0, skipping: 0)
      let time = try clock.measure { while try iterator.next(into: memory, capacity: 32) > 0 {} }
      best = min(best, time / 33)
    }
    print("w01 batch: \(best)")
    #if !DEBUG
      #expect(best < .microseconds(2))
    #endif
  }
}

extension Double { fileprivate var asFloat: Float { Float(self) } }

extension Tensor {
  static func constantZeros(_ shape: Shape) -> Tensor {
    Tensor([Float](repeating: 0, count: shape.count), shape: shape)
  }
}
