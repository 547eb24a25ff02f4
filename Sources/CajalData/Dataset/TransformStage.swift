import Cajal

/// A calculation on one part of the samples, done on whole batches.
protocol SlotTransform: Sendable {
  /// The type after; throws where the type before does not fit.
  func result(_ type: TensorType) throws -> TensorType
  /// Works through `rows.count` samples; `rows` tells their places, for messages.
  func apply(_ source: UnsafeRawPointer, _ destination: UnsafeMutableRawPointer, type: TensorType, rows: Rows) throws
}

/// Applies a transform to one slot.
struct TransformStage: Stage {
  let upstream: any Stage
  let slot: Int
  let transform: any SlotTransform
  let slots: [TensorType]

  init(_ upstream: any Stage, slot: Int, _ transform: any SlotTransform) throws {
    self.upstream = upstream
    self.slot = slot
    self.transform = transform
    var slots = upstream.slots
    slots[slot] = try transform.result(slots[slot])
    self.slots = slots
  }

  private init(_ upstream: any Stage, like other: TransformStage) {
    self.upstream = upstream
    self.slot = other.slot
    self.transform = other.transform
    self.slots = other.slots
  }

  var count: Int { upstream.count }
  var varies: Bool { upstream.varies }

  func reader(epoch: Int, seed: Int) throws -> any StageReader {
    TransformReader(self, try upstream.reader(epoch: epoch, seed: seed))
  }

  func origin(of place: Int, epoch: Int, seed: Int) -> Int { upstream.origin(of: place, epoch: epoch, seed: seed) }

  func belowReordering(_ wrap: (any Stage) -> any Stage) -> any Stage {
    varies ? upstream.belowReordering { wrap(TransformStage($0, like: self)) } : wrap(self)
  }
}

private final class TransformReader: StageReader {
  private let upstream: any StageReader
  private let slot: Int
  private let type: TensorType
  private let transform: any SlotTransform
  private var scratch: UnsafeMutableRawBufferPointer = .init(start: nil, count: 0)
  private var pointers: [UnsafeMutableRawPointer] = []

  init(_ stage: TransformStage, _ upstream: any StageReader) {
    self.upstream = upstream
    self.slot = stage.slot
    self.type = stage.upstream.slots[stage.slot]
    self.transform = stage.transform
  }

  deinit { scratch.deallocate() }

  func fill(_ rows: Rows, into memory: SlotPointers) throws {
    let bytes = rows.count * type.byteCount
    if scratch.count < bytes {
      scratch.deallocate()
      scratch = .allocate(byteCount: bytes, alignment: 64)
    }
    guard let before = scratch.baseAddress else { return try upstream.fill(rows, into: memory) }
    pointers.removeAll(keepingCapacity: true)
    pointers.append(contentsOf: memory)
    pointers[slot] = before
    try pointers.withUnsafeBufferPointer { try upstream.fill(rows, into: $0) }
    try transform.apply(before, memory[slot], type: type, rows: rows)
  }
}
