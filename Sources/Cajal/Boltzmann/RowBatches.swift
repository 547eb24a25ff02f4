import CajalGraph

/// Rows of a matrix in batches: views where the order is the data's own, copies where it is shuffled.
struct RowBatches {
  private let storage: Storage
  private let width: Int
  private let rows: Int
  private let batchSize: Int

  /// Errors: `.argument` for a batch size below 1.
  init(_ data: Tensor, batchSize: Int, subject: String) throws {
    guard batchSize >= 1 else {
      throw CajalError(.argument, subject, expected: "a batch size of 1 or more", given: "it is \(batchSize)")
    }
    storage = data.storage
    rows = data.shape[0]
    width = data.shape[1]
    self.batchSize = min(batchSize, rows)
  }

  /// Batches in an epoch; the last may be smaller.
  var count: Int { (rows + batchSize - 1) / batchSize }

  /// A random order of the rows.
  func order(seed: Int) -> [Int] {
    var random = RowOrder(state: UInt64(bitPattern: Int64(seed)))
    return Array(0..<rows).shuffled(using: &random)
  }

  /// Calls `body` with each batch, of rows in an order if one is given.
  func forEach(_ order: [Int]? = nil, _ body: (_ number: Int, Tensor) throws -> Void) throws {
    for number in 0..<count { try body(number, batch(number, order)) }
  }

  /// A batch of rows in an order, or in their own.
  func batch(_ number: Int, _ order: [Int]?) throws -> Tensor {
    let range = (number * batchSize)..<min(rows, (number + 1) * batchSize)
    let bytes = width * MemoryLayout<Float>.size
    let shape = Shape([range.count, width])
    guard let order else {
      let view = Storage(
        .float32, count: range.count * width, pointer: storage.pointer + range.lowerBound * bytes, owner: storage)
      return try Tensor(view, shape: shape)
    }
    let copy = Storage(.float32, count: range.count * width)
    for (place, row) in range.enumerated() {
      (copy.pointer + place * bytes).copyMemory(from: storage.pointer + order[row] * bytes, byteCount: bytes)
    }
    return try Tensor(copy, shape: shape)
  }
}

/// SplitMix64, for orders that are the same everywhere.
private struct RowOrder: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
