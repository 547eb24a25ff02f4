import Cajal
import Foundation

/// Samples that lie in memory, one block per slot.
struct MemoryStage: Stage {
  let count: Int
  let slots: [TensorType]
  let storages: [Storage]
  let varies = false

  init(count: Int, slots: [TensorType], storages: [Storage]) {
    self.count = count
    self.slots = slots
    self.storages = storages
  }

  func reader(epoch: Int, seed: Int) -> any StageReader { MemoryReader(self) }
}

/// Copies rows; allocates nothing after it is made.
final class MemoryReader: StageReader {
  private let owners: [Storage]
  private let columns: [Column]

  private struct Column {
    var base: UnsafeRawPointer
    var rowBytes: Int
  }

  init(_ stage: MemoryStage) {
    owners = stage.storages
    columns = zip(stage.storages, stage.slots).map { Column(base: $0.pointer, rowBytes: $1.byteCount) }
  }

  func fill(_ rows: Rows, into memory: SlotPointers) {
    for slot in columns.indices {
      let column = columns[slot]
      let destination = memory[slot]
      if let range = rows.range {
        memcpy(destination, column.base + range.lowerBound * column.rowBytes, range.count * column.rowBytes)
      } else {
        copyRows(rows, from: column.base, to: destination, rowBytes: column.rowBytes)
      }
    }
  }
}

/// Gathers rows; short ones are moved word by word, because a call per row would cost more than the row.
private func copyRows(_ rows: Rows, from base: UnsafeRawPointer, to start: UnsafeMutableRawPointer, rowBytes: Int) {
  var destination = start
  if rowBytes == 4 {
    for position in 0..<rows.count {
      destination.storeBytes(
        of: base.loadUnaligned(fromByteOffset: rows[position] * 4, as: UInt32.self), as: UInt32.self)
      destination += 4
    }
  } else if rowBytes % 8 == 0, rowBytes <= 64 {
    for position in 0..<rows.count {
      let source = base + rows[position] * rowBytes
      for offset in stride(from: 0, to: rowBytes, by: 8) {
        destination.storeBytes(
          of: source.loadUnaligned(fromByteOffset: offset, as: UInt64.self), toByteOffset: offset, as: UInt64.self)
      }
      destination += rowBytes
    }
  } else {
    for position in 0..<rows.count {
      memcpy(destination, base + rows[position] * rowBytes, rowBytes)
      destination += rowBytes
    }
  }
}
