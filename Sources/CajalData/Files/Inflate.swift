// zlib: unpacking as a stream, packing as a whole.
import CZlib
import Cajal
import Foundation

/// Unpacks gzip or raw deflate data while it is read.
final class InflateStream: ByteStream {
  enum Wrapping { case gzip, raw }

  /// Deflate cannot pack tighter than this, so a packed size bounds what comes out.
  static let greatestRatio = 1032

  let name: String
  private(set) var offset = 0
  private let packed: any ByteStream
  private let wrapping: Wrapping
  private var state = z_stream()
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
  private var ended = false

  init(_ packed: any ByteStream, _ wrapping: Wrapping) throws {
    self.packed = packed
    self.name = packed.name
    self.wrapping = wrapping
    let window: Int32 = wrapping == .gzip ? 15 + 16 : -15
    guard inflateInit2_(&state, window, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw CajalError(.system, name, expected: "zlib to start", given: "it did not: out of memory")
    }
  }

  deinit {
    inflateEnd(&state)
    buffer.deallocate()
  }

  var mostRemaining: Int {
    let (product, overflow) = (packed.mostRemaining + Int(state.avail_in)).multipliedReportingOverflow(
      by: Self.greatestRatio)
    return ended ? 0 : overflow || product > Int.max - (1 << 16) ? Int.max : product + (1 << 16)
  }

  func read(into memory: UnsafeMutableRawBufferPointer) throws -> Int {
    guard let base = memory.baseAddress, !memory.isEmpty, !ended else { return 0 }
    let wanted = min(memory.count, 1 << 30)
    state.next_out = base.assumingMemoryBound(to: UInt8.self)
    state.avail_out = UInt32(wanted)
    while state.avail_out == UInt32(wanted) {
      if state.avail_in == 0, try refill() == 0 { throw damaged("it ends too early") }
      let status = inflate(&state, Z_NO_FLUSH)
      if status == Z_STREAM_END {
        if wrapping == .gzip, try continues() { continue }
        ended = true
        break
      }
      guard status == Z_OK || status == Z_BUF_ERROR else {
        throw damaged(state.msg.map { String(cString: $0) } ?? "zlib error \(status)")
      }
    }
    let count = wanted - Int(state.avail_out)
    offset += count
    return count
  }

  private func refill() throws -> Int {
    let count = try packed.read(into: buffer)
    state.next_in = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    state.avail_in = UInt32(count)
    return count
  }

  /// Whether another gzip member follows; zeros after the last are padding.
  private func continues() throws -> Bool {
    while true {
      if state.avail_in == 0, try refill() == 0 { return false }
      guard let next = state.next_in else { return false }
      if next.pointee == 0x1f { return inflateReset(&state) == Z_OK }
      guard next.pointee == 0 else { throw damaged("something else follows the packed data") }
      state.next_in = next + 1
      state.avail_in -= 1
    }
  }

  private func damaged(_ reason: String) -> CajalError {
    CajalError(
      .format, name, expected: "whole gzip or deflate data",
      given: "it is damaged near unpacked byte \(offset) (\(reason))", advice: "Get the file again.")
  }
}

/// gzip data as a whole.
public enum Gzip {
  /// Unpacks gzip data; more than `limit` bytes is an error, so is anything damaged or cut off (`.format`).
  public static func decompress(_ bytes: [UInt8], name: String = "gzip data", limit: Int = 1 << 30) throws -> [UInt8] {
    try InflateStream(MemoryStream(bytes[...], name: name), .gzip).readAll(limit: limit)
  }

  /// Packs bytes; level 0 stores them, 9 tries hardest.
  public static func compress(_ bytes: [UInt8], level: Int = 6) throws -> [UInt8] {
    try deflated(bytes, level: level, window: 15 + 16)
  }
}

/// Packs bytes; `window` is zlib's: -15 raw, 15 + 16 gzip.
func deflated(_ bytes: [UInt8], level: Int, window: Int32) throws -> [UInt8] {
  var state = z_stream()
  let status = deflateInit2_(
    &state, Int32(min(max(level, 0), 9)), Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  guard status == Z_OK, bytes.count < Int(UInt32.max) else {
    throw CajalError(
      .argument, "deflate", expected: "fewer than 4 GiB to pack", given: "there are \(bytes.count) bytes")
  }
  defer { deflateEnd(&state) }
  var input = bytes
  return try input.withUnsafeMutableBufferPointer { input in
    state.next_in = input.baseAddress
    state.avail_in = UInt32(input.count)
    let bound = Int(deflateBound(&state, UInt(input.count)))
    return try [UInt8](unsafeUninitializedCapacity: bound) { output, count in
      state.next_out = output.baseAddress
      state.avail_out = UInt32(bound)
      guard deflate(&state, Z_FINISH) == Z_STREAM_END else {
        throw CajalError(.system, "deflate", expected: "zlib to finish", given: "it did not")
      }
      count = bound - Int(state.avail_out)
    }
  }
}
