import Cajal

/// How the elements of an array lie in a file, and the type they get here.
struct ElementFormat {
  var dtype: DType
  /// Bytes of one element in the file; fewer than the type's for widened integers.
  var byteCount: Int
  var isSigned = true
  var isBigEndian = false

  init(dtype: DType, byteCount: Int, isSigned: Bool = true, isBigEndian: Bool = false) {
    self.dtype = dtype
    self.byteCount = byteCount
    self.isSigned = isSigned
    self.isBigEndian = isBigEndian
  }

  /// Reads all elements; what the header claims is held against the file's size before memory is taken.
  func readElements(_ stream: any ByteStream, dimensions: [Int], limit: Int) throws -> Storage {
    var count = 1
    for size in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow, product < Int.max / 16 else { throw claim(stream, dimensions, "too large to count") }
      count = product
    }
    guard count * byteCount <= stream.mostRemaining else {
      throw claim(stream, dimensions, "at most \(stream.mostRemaining) bytes follow")
    }
    guard count * dtype.byteCount <= limit else { throw claim(stream, dimensions, "the limit is \(limit) bytes") }
    let storage = Storage(dtype, count: count)
    try storage.withMutableBytes { memory in
      if byteCount == dtype.byteCount {
        try stream.readExactly(into: memory, "elements")
        if isBigEndian, byteCount > 1 { Self.reverse(memory, size: byteCount) }
      } else {
        try widen(stream, into: memory, count: count)
      }
    }
    return storage
  }

  private func claim(_ stream: any ByteStream, _ dimensions: [Int], _ given: String) -> CajalError {
    CajalError(
      .format, stream.name, expected: "\(Shape(dimensions)) elements of \(byteCount) bytes, as the header says",
      given: given, advice: "The file is truncated or its header is damaged.")
  }

  private static func reverse(_ memory: UnsafeMutableRawBufferPointer, size: Int) {
    for start in stride(from: 0, to: memory.count, by: size) {
      for i in 0..<(size / 2) { memory.swapAt(start + i, start + size - 1 - i) }
    }
  }

  /// Integers of a size we do not have, to the next larger type.
  private func widen(_ stream: any ByteStream, into memory: UnsafeMutableRawBufferPointer, count: Int) throws {
    let chunk = 1 << 14
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk * byteCount, alignment: 64)
    defer { buffer.deallocate() }
    for start in stride(from: 0, to: count, by: chunk) {
      let size = min(chunk, count - start)
      try stream.readExactly(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<(size * byteCount)]), "elements")
      for i in 0..<size {
        var bits: UInt64 = 0
        for byte in 0..<byteCount {
          let place = isBigEndian ? byte : byteCount - 1 - byte
          bits = bits << 8 | UInt64(buffer[i * byteCount + place])
        }
        let shift = UInt64(64 - byteCount * 8)
        let value = isSigned ? Int64(bitPattern: bits << shift) >> Int64(shift) : Int64(bits)
        if dtype == .int32 {
          memory.storeBytes(of: Int32(truncatingIfNeeded: value), toByteOffset: (start + i) * 4, as: Int32.self)
        } else {
          memory.storeBytes(of: value, toByteOffset: (start + i) * 8, as: Int64.self)
        }
      }
    }
  }
}
