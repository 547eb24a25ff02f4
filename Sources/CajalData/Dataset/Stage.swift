import Cajal

/// One stage of a pipeline: samples that can be reached by their place.
protocol Stage: Sendable {
  var count: Int { get }
  /// Types of a sample's parts: inputs, targets, weight.
  var slots: [TensorType] { get }
  /// Whether the sample at a place changes between epochs.
  var varies: Bool { get }
  /// Reads one epoch. A reader belongs to one thread.
  func reader(epoch: Int, seed: Int) throws -> any StageReader
  /// Where the sample at a place of one epoch lies in the data at the beginning of the pipeline, for messages.
  func origin(of place: Int, epoch: Int, seed: Int) -> Int
  /// The same samples in the same order, with `wrap` applied where places do not move between epochs.
  func belowReordering(_ wrap: (any Stage) -> any Stage) -> any Stage
}

extension Stage {
  func belowReordering(_ wrap: (any Stage) -> any Stage) -> any Stage { wrap(self) }
  func origin(of place: Int, epoch: Int, seed: Int) -> Int { place }
}

/// Writes samples one after another: one pointer per slot, row-major.
typealias SlotPointers = UnsafeBufferPointer<UnsafeMutableRawPointer>

protocol StageReader: AnyObject {
  func fill(_ rows: Rows, into memory: SlotPointers) throws
}

/// Places of samples: neighbours, or a list.
struct Rows {
  private let start: Int
  private let list: UnsafePointer<Int>?
  let count: Int

  init(_ range: Range<Int>) {
    self.start = range.lowerBound
    self.count = range.count
    self.list = nil
  }

  init(_ list: UnsafePointer<Int>, count: Int) {
    self.start = 0
    self.list = list
    self.count = count
  }

  @inline(__always) subscript(position: Int) -> Int { list.map { $0[position] } ?? start + position }

  /// The places as a range, where they are neighbours.
  var range: Range<Int>? { list == nil ? start..<(start + count) : nil }

  func part(_ positions: Range<Int>) -> Rows {
    if let list { return Rows(list + positions.lowerBound, count: positions.count) }
    return Rows((start + positions.lowerBound)..<(start + positions.upperBound))
  }
}

/// Walks one epoch from beginning to end.
final class StageIterator: BatchIterator {
  private let reader: any StageReader
  private let count: Int
  private var position: Int

  init(_ stage: any Stage, epoch: Int, seed: Int, skipping: Int) throws {
    self.reader = try stage.reader(epoch: epoch, seed: seed)
    self.count = stage.count
    self.position = skipping
  }

  func next(into memory: [UnsafeMutableRawPointer], capacity: Int) throws -> Int {
    let size = min(capacity, count - position)
    guard size > 0 else { return 0 }
    let rows = Rows(position..<(position + size))
    try memory.withUnsafeBufferPointer { try reader.fill(rows, into: $0) }
    position += size
    return size
  }
}

/// A list of places that grows to the largest batch and stays.
struct PlaceScratch: ~Copyable {
  private var memory: UnsafeMutableBufferPointer<Int> = .init(start: nil, count: 0)

  mutating func take(_ count: Int) -> UnsafeMutablePointer<Int>? {
    if memory.count < count {
      memory.deallocate()
      memory = .allocate(capacity: count)
    }
    return memory.baseAddress
  }

  deinit { memory.deallocate() }
}
