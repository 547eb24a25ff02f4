import Cajal
import Synchronization

/// Keeps samples once they are made.
struct CacheStage: Stage {
  let upstream: any Stage
  let memory: CacheMemory

  init(_ upstream: any Stage, limit: Int) {
    self.upstream = upstream
    self.memory = CacheMemory(slots: upstream.slots, count: upstream.count, limit: limit)
  }

  var count: Int { upstream.count }
  var slots: [TensorType] { upstream.slots }
  let varies = false

  func origin(of place: Int, epoch: Int, seed: Int) -> Int { upstream.origin(of: place, epoch: epoch, seed: seed) }

  func reader(epoch: Int, seed: Int) throws -> any StageReader {
    if let complete = memory.complete { return complete.reader(epoch: epoch, seed: seed) }
    return CacheReader(memory, try upstream.reader(epoch: epoch, seed: seed))
  }
}

/// The memory that all readers of one cache share.
final class CacheMemory: Sendable {
  private struct State {
    var storages: [Storage] = []
    var present: [Bool] = []
    var missing: Int
  }

  private let slots: [TensorType]
  private let count: Int
  private let limit: Int
  private let state: Mutex<State>

  init(slots: [TensorType], count: Int, limit: Int) {
    self.slots = slots
    self.count = count
    self.limit = limit
    self.state = Mutex(State(missing: count))
  }

  /// All samples, once all are there.
  var complete: MemoryStage? {
    state.withLock { $0.missing == 0 ? MemoryStage(count: count, slots: slots, storages: $0.storages) : nil }
  }

  /// Makes sure that samples are there, then hands their memory on. The lock is held while missing ones are made, so
  /// that two readers never write one sample.
  func read(_ rows: Rows, make: (Int, [UnsafeMutableRawPointer]) throws -> Void) throws -> MemoryStage {
    try state.withLock { state in
      if state.storages.isEmpty { try allocate(&state) }
      for position in 0..<rows.count where !state.present[rows[position]] {
        let place = rows[position]
        try make(place, zip(state.storages, slots).map { $0.pointer + place * $1.byteCount })
        state.present[place] = true
        state.missing -= 1
      }
      return MemoryStage(count: count, slots: slots, storages: state.storages)
    }
  }

  private func allocate(_ state: inout State) throws {
    let bytes = slots.reduce(0) { $0 + $1.byteCount } * count
    guard bytes <= limit else {
      throw CajalError(
        .argument, "Dataset.cache", expected: "at most \(limit) bytes", given: "\(count) samples take \(bytes)",
        advice: "Raise the limit, cache before enlarging the samples, or leave the cache out.")
    }
    state.storages = slots.map { Storage($0.dtype, count: $0.shape.count * count) }
    state.present = Array(repeating: false, count: count)
  }
}

private final class CacheReader: StageReader {
  private let memory: CacheMemory
  private let upstream: any StageReader
  private var complete: MemoryReader?

  init(_ memory: CacheMemory, _ upstream: any StageReader) {
    self.memory = memory
    self.upstream = upstream
  }

  func fill(_ rows: Rows, into destination: SlotPointers) throws {
    if let complete { return complete.fill(rows, into: destination) }
    let stage = try memory.read(rows) { place, pointers in
      try pointers.withUnsafeBufferPointer { try upstream.fill(Rows(place..<(place + 1)), into: $0) }
    }
    let reader = MemoryReader(stage)
    reader.fill(rows, into: destination)
    if memory.complete != nil { complete = reader }
  }
}
