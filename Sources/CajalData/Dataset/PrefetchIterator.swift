// Batches made ahead on a thread of their own.
import Cajal
import Foundation

/// Hands out batches that a background thread has made; starts with the first batch, because only then the size is
/// known, and stops when the iterator goes.
final class PrefetchIterator: BatchIterator {
  private let dataset: Dataset
  private let epoch: Int
  private let seed: Int
  private let skipping: Int
  private var channel: PrefetchChannel?
  private var current: PrefetchBatch?
  private var used = 0
  private var ending: Result<Int, any Error>?

  init(_ dataset: Dataset, epoch: Int, seed: Int, skipping: Int) {
    self.dataset = dataset
    self.epoch = epoch
    self.seed = seed
    self.skipping = skipping
  }

  deinit { channel?.stop() }

  func next(into memory: [UnsafeMutableRawPointer], capacity: Int) throws -> Int {
    if let ending { return try ending.get() }
    guard capacity > 0 else { return 0 }
    let channel = self.channel ?? start(capacity)
    let batch = current ?? channel.take()
    guard case .success(let count) = batch.outcome, count > 0 else {
      ending = batch.outcome
      channel.stop()
      return try batch.outcome.get()
    }
    let size = min(capacity, count - used)
    for (slot, type) in dataset.stage.slots.enumerated() {
      memory[slot].copyMemory(
        from: batch.pointers[slot] + used * type.byteCount, byteCount: size * type.byteCount)
    }
    used += size
    if used == count {
      channel.giveBack(batch)
      current = nil
      used = 0
    } else {
      current = batch
    }
    return size
  }

  private func start(_ capacity: Int) -> PrefetchChannel {
    let slots = dataset.stage.slots
    let channel = PrefetchChannel(depth: dataset.prefetchDepth, slots: slots, capacity: capacity)
    self.channel = channel
    let (stage, epoch, seed, skipping) = (dataset.stage, epoch, seed, skipping)
    let thread = Thread {
      do {
        let iterator = try StageIterator(stage, epoch: epoch, seed: seed, skipping: skipping)
        while let batch = channel.takeEmpty() {
          let count = try iterator.next(into: batch.pointers, capacity: capacity)
          batch.outcome = .success(count)
          channel.put(batch)
          if count == 0 { return }
        }
      } catch {
        let batch = PrefetchBatch(slots: [], capacity: 0)
        batch.outcome = .failure(error)
        channel.put(batch)
      }
    }
    thread.name = "cajal prefetch"
    thread.start()
    return channel
  }
}

/// Memory of one batch and what became of it.
final class PrefetchBatch {
  let pointers: [UnsafeMutableRawPointer]
  var outcome: Result<Int, any Error> = .success(0)

  init(slots: [TensorType], capacity: Int) {
    pointers = slots.map { .allocate(byteCount: max($0.byteCount * capacity, 1), alignment: 64) }
  }

  deinit { for pointer in pointers { pointer.deallocate() } }
}

/// Two queues between the threads: empty batches to the maker, full ones back.
///
/// Unchecked because a batch is touched only by the side that took it, and the queues only under the condition's lock.
final class PrefetchChannel: @unchecked Sendable {
  private let condition = NSCondition()
  private var empty: [PrefetchBatch]
  private var full: [PrefetchBatch] = []
  private var stopped = false

  init(depth: Int, slots: [TensorType], capacity: Int) {
    empty = (0..<depth).map { _ in PrefetchBatch(slots: slots, capacity: capacity) }
    full.reserveCapacity(depth + 1)
  }

  func takeEmpty() -> PrefetchBatch? {
    condition.lock()
    defer { condition.unlock() }
    while empty.isEmpty, !stopped { condition.wait() }
    return stopped ? nil : empty.removeLast()
  }

  func put(_ batch: PrefetchBatch) {
    condition.lock()
    full.append(batch)
    condition.signal()
    condition.unlock()
  }

  func take() -> PrefetchBatch {
    condition.lock()
    defer { condition.unlock() }
    while full.isEmpty { condition.wait() }
    return full.removeFirst()
  }

  func giveBack(_ batch: PrefetchBatch) {
    condition.lock()
    empty.append(batch)
    condition.signal()
    condition.unlock()
  }

  func stop() {
    condition.lock()
    stopped = true
    condition.broadcast()
    condition.unlock()
  }
}
