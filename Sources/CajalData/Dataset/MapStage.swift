import Cajal

/// One sample's memory while a function works on it; never to be kept beyond the call.
public struct SampleView {
  let pointers: [UnsafeMutableRawPointer]
  let types: [TensorType]
  let inputCount: Int
  /// Place of the sample.
  public let index: Int
  /// A stream of its own for each sample and epoch.
  public var random: SampleRandom

  /// Bytes of an input, row-major.
  public func input(_ position: Int = 0) -> UnsafeMutableRawBufferPointer { bytes(position) }

  /// Bytes of a target, row-major.
  public func target(_ position: Int = 0) -> UnsafeMutableRawBufferPointer { bytes(inputCount + position) }

  /// An input as `float32`; traps if it has another type.
  public func floats(input position: Int = 0) -> UnsafeMutableBufferPointer<Float> { typed(position) }

  /// A target as `float32`; traps if it has another type.
  public func floats(target position: Int) -> UnsafeMutableBufferPointer<Float> { typed(inputCount + position) }

  private func bytes(_ slot: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: pointers[slot], count: types[slot].byteCount)
  }

  private func typed(_ slot: Int) -> UnsafeMutableBufferPointer<Float> {
    assertUse(
      types[slot].dtype == .float32, "SampleView: expected float32, but the sample is \(types[slot]). Use its bytes.")
    return bytes(slot).assumingMemoryBound(to: Float.self)
  }
}

extension Dataset {
  /// Changes samples in place with a function on their memory; types stay.
  ///
  /// The function runs on the training or prefetching thread, one sample at a time, and may use `sample.random`,
  /// which is keyed by seed, epoch and place. Example: `data.map { for i in $0.floats().indices { … } }`
  public func map(_ body: @escaping @Sendable (inout SampleView) throws -> Void) -> Dataset {
    with(MapStage(stage, slots: stage.slots, inputCount: inputCount, inPlace: true) { _, after in try body(&after) })
  }

  /// Makes samples of other types: the function reads the first view and fills the second.
  ///
  /// A weight, if there is one, is carried over.
  public func map(
    inputs: [TensorType], targets: [TensorType],
    _ body: @escaping @Sendable (_ before: SampleView, _ after: inout SampleView) throws -> Void
  ) -> Dataset {
    let weight = hasSampleWeights ? stage.slots.suffix(1) : []
    let stage = MapStage(
      stage, slots: inputs + targets + weight, inputCount: inputCount, resultInputCount: inputs.count,
      inPlace: false, carriesWeight: hasSampleWeights, body)
    var result = Dataset(stage, inputCount: inputs.count, hasSampleWeights: hasSampleWeights)
    if let batchSize { result = result.batch(batchSize) }
    return result.prefetch(prefetchDepth)
  }
}

/// A function per sample.
struct MapStage: Stage {
  typealias Body = @Sendable (SampleView, inout SampleView) throws -> Void
  let upstream: any Stage
  let slots: [TensorType]
  let inputCount: Int
  let resultInputCount: Int
  let inPlace: Bool
  let carriesWeight: Bool
  let body: Body

  init(
    _ upstream: any Stage, slots: [TensorType], inputCount: Int, resultInputCount: Int? = nil, inPlace: Bool,
    carriesWeight: Bool = false, _ body: @escaping Body
  ) {
    self.upstream = upstream
    self.slots = slots
    self.inputCount = inputCount
    self.resultInputCount = resultInputCount ?? inputCount
    self.inPlace = inPlace
    self.carriesWeight = carriesWeight
    self.body = body
  }

  var count: Int { upstream.count }
  var varies: Bool { upstream.varies }

  func reader(epoch: Int, seed: Int) throws -> any StageReader {
    MapReader(self, try upstream.reader(epoch: epoch, seed: seed), epoch: epoch, seed: seed)
  }

  func origin(of place: Int, epoch: Int, seed: Int) -> Int { upstream.origin(of: place, epoch: epoch, seed: seed) }

  func belowReordering(_ wrap: (any Stage) -> any Stage) -> any Stage {
    guard varies else { return wrap(self) }
    return upstream.belowReordering {
      wrap(
        MapStage(
          $0, slots: slots, inputCount: inputCount, resultInputCount: resultInputCount, inPlace: inPlace,
          carriesWeight: carriesWeight, body))
    }
  }
}

private final class MapReader: StageReader {
  private let stage: MapStage
  private let upstream: any StageReader
  private let epoch: Int
  private let seed: Int
  private let before: [UnsafeMutableRawBufferPointer]

  init(_ stage: MapStage, _ upstream: any StageReader, epoch: Int, seed: Int) {
    self.stage = stage
    self.upstream = upstream
    self.epoch = epoch
    self.seed = seed
    before =
      stage.inPlace
      ? [] : stage.upstream.slots.map { .allocate(byteCount: max($0.byteCount, 1), alignment: 64) }
  }

  deinit { for block in before { block.deallocate() } }

  func fill(_ rows: Rows, into memory: SlotPointers) throws {
    if stage.inPlace { try upstream.fill(rows, into: memory) }
    let sources = before.compactMap(\.baseAddress)
    for position in 0..<rows.count {
      let destinations = memory.indices.map { memory[$0] + position * stage.slots[$0].byteCount }
      let random = SampleRandom(seed: seed, epoch: epoch, purpose: 0x4d41_50, index: rows[position])
      var after = SampleView(
        pointers: destinations, types: stage.slots, inputCount: stage.resultInputCount, index: rows[position],
        random: random)
      if stage.inPlace {
        try stage.body(after, &after)
        continue
      }
      try sources.withUnsafeBufferPointer { try upstream.fill(rows.part(position..<(position + 1)), into: $0) }
      let view = SampleView(
        pointers: sources, types: stage.upstream.slots, inputCount: stage.inputCount, index: rows[position],
        random: random)
      try stage.body(view, &after)
      if stage.carriesWeight, let from = sources.last, let to = destinations.last {
        to.copyMemory(from: from, byteCount: MemoryLayout<Float>.size)
      }
    }
  }
}
