// Stages that say which sample comes when: shuffle, slice, selection, concatenation.
import Cajal

/// A whole permutation per epoch.
struct ShuffleStage: Stage {
  let upstream: any Stage
  let seed: Int?
  let varies = true

  init(_ upstream: any Stage, seed: Int?) {
    self.upstream = upstream
    self.seed = seed
  }

  var count: Int { upstream.count }
  var slots: [TensorType] { upstream.slots }

  func reader(epoch: Int, seed given: Int) throws -> any StageReader {
    OrderReader(try upstream.reader(epoch: epoch, seed: given), order: order(epoch: epoch, seed: given))
  }

  private func order(epoch: Int, seed given: Int) -> [Int] {
    var random = SampleRandom(seed: seed ?? given, epoch: epoch, purpose: 0x5348_5546)
    return random.permutation(of: count)
  }

  func origin(of place: Int, epoch: Int, seed: Int) -> Int {
    upstream.origin(of: order(epoch: epoch, seed: seed)[place], epoch: epoch, seed: seed)
  }

  func belowReordering(_ wrap: (any Stage) -> any Stage) -> any Stage {
    ShuffleStage(upstream.belowReordering(wrap), seed: seed)
  }
}

/// Neighbouring places of another stage.
struct SliceStage: Stage {
  let upstream: any Stage
  let range: Range<Int>

  init(_ upstream: any Stage, _ range: Range<Int>) {
    self.upstream = upstream
    self.range = range
  }

  var count: Int { range.count }
  var slots: [TensorType] { upstream.slots }
  var varies: Bool { upstream.varies }

  func reader(epoch: Int, seed: Int) throws -> any StageReader {
    SliceReader(try upstream.reader(epoch: epoch, seed: seed), first: range.lowerBound)
  }

  func origin(of place: Int, epoch: Int, seed: Int) -> Int {
    upstream.origin(of: range.lowerBound + place, epoch: epoch, seed: seed)
  }

  func belowReordering(_ wrap: (any Stage) -> any Stage) -> any Stage {
    varies ? SliceStage(upstream.belowReordering(wrap), range) : wrap(self)
  }
}

/// Chosen places of another stage.
struct SelectionStage: Stage {
  let upstream: any Stage
  let indices: [Int]

  init(_ upstream: any Stage, _ indices: [Int]) {
    self.upstream = upstream
    self.indices = indices
  }

  var count: Int { indices.count }
  var slots: [TensorType] { upstream.slots }
  var varies: Bool { upstream.varies }

  func reader(epoch: Int, seed: Int) throws -> any StageReader {
    OrderReader(try upstream.reader(epoch: epoch, seed: seed), order: indices)
  }

  func origin(of place: Int, epoch: Int, seed: Int) -> Int {
    upstream.origin(of: indices[place], epoch: epoch, seed: seed)
  }

  func belowReordering(_ wrap: (any Stage) -> any Stage) -> any Stage {
    varies ? SelectionStage(upstream.belowReordering(wrap), indices) : wrap(self)
  }
}

/// Several stages one after another. Places are told in the whole: each part may come from data of its own.
struct ConcatenationStage: Stage {
  let parts: [any Stage]
  /// First place of each part, and the total.
  let starts: [Int]

  init(_ parts: [any Stage]) {
    self.parts = parts
    self.starts = parts.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
  }

  var count: Int { starts.last ?? 0 }
  var slots: [TensorType] { parts.first?.slots ?? [] }
  var varies: Bool { parts.contains(where: \.varies) }

  func reader(epoch: Int, seed: Int) throws -> any StageReader {
    ConcatenationReader(
      try parts.map { try $0.reader(epoch: epoch, seed: seed) }, starts: starts, rowBytes: slots.map(\.byteCount))
  }

  func belowReordering(_ wrap: (any Stage) -> any Stage) -> any Stage {
    varies ? ConcatenationStage(parts.map { $0.belowReordering(wrap) }) : wrap(self)
  }
}

// MARK: - Readers

/// Looks places up in a list before asking upstream.
private final class OrderReader: StageReader {
  private let upstream: any StageReader
  private let order: [Int]
  private var scratch = PlaceScratch()

  init(_ upstream: any StageReader, order: [Int]) {
    self.upstream = upstream
    self.order = order
  }

  func fill(_ rows: Rows, into memory: SlotPointers) throws {
    try order.withUnsafeBufferPointer { order in
      guard let base = order.baseAddress else { return }
      if let range = rows.range {
        return try upstream.fill(Rows(base + range.lowerBound, count: range.count), into: memory)
      }
      guard let places = scratch.take(rows.count) else { return }
      for position in 0..<rows.count { places[position] = order[rows[position]] }
      try upstream.fill(Rows(places, count: rows.count), into: memory)
    }
  }
}

private final class SliceReader: StageReader {
  private let upstream: any StageReader
  private let first: Int
  private var scratch = PlaceScratch()

  init(_ upstream: any StageReader, first: Int) {
    self.upstream = upstream
    self.first = first
  }

  func fill(_ rows: Rows, into memory: SlotPointers) throws {
    if let range = rows.range {
      return try upstream.fill(Rows((first + range.lowerBound)..<(first + range.upperBound)), into: memory)
    }
    guard let places = scratch.take(rows.count) else { return }
    for position in 0..<rows.count { places[position] = first + rows[position] }
    try upstream.fill(Rows(places, count: rows.count), into: memory)
  }
}

/// Sends each run of places to the part that has it.
private final class ConcatenationReader: StageReader {
  private let parts: [any StageReader]
  private let starts: [Int]
  private let rowBytes: [Int]
  private var shifted: [UnsafeMutableRawPointer] = []
  private var scratch = PlaceScratch()

  init(_ parts: [any StageReader], starts: [Int], rowBytes: [Int]) {
    self.parts = parts
    self.starts = starts
    self.rowBytes = rowBytes
  }

  func fill(_ rows: Rows, into memory: SlotPointers) throws {
    guard let places = scratch.take(rows.count) else { return }
    var done = 0
    while done < rows.count {
      let part = self.part(of: rows[done])
      var run = 0
      while done + run < rows.count {
        let place = rows[done + run]
        guard place >= starts[part], place < starts[part + 1] else { break }
        places[run] = place - starts[part]
        run += 1
      }
      shifted.removeAll(keepingCapacity: true)
      for slot in rowBytes.indices { shifted.append(memory[slot] + done * rowBytes[slot]) }
      try shifted.withUnsafeBufferPointer { try parts[part].fill(Rows(places, count: run), into: $0) }
      done += run
    }
  }

  /// Binary search; empty parts are passed over.
  private func part(of place: Int) -> Int {
    var low = 0
    var high = parts.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= place { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
