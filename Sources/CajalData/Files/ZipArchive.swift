// As much of the ZIP format as NumPy's archives use: stored and deflated entries, below 4 GiB.
import CZlib
import Cajal

/// An archive in memory.
struct ZipArchive {
  struct Entry {
    var name: String
    var method: Int
    var checksum: UInt32
    var packedSize: Int
    var size: Int
    var headerOffset: Int
  }

  let entries: [Entry]
  private let bytes: [UInt8]
  private let name: String

  init(_ bytes: [UInt8], name: String) throws {
    self.bytes = bytes
    self.name = name
    let record = Reading(bytes: bytes, name: name)
    // The end record lies in the last 64 KiB, before a comment.
    let last = bytes.count - 22
    guard last >= 0,
      let end = stride(from: last, through: max(0, last - 65535), by: -1).first(where: {
        bytes[$0] == 0x50 && bytes[$0 + 1] == 0x4b && bytes[$0 + 2] == 5 && bytes[$0 + 3] == 6
      })
    else {
      throw CajalError(
        .format, name, expected: "a ZIP archive", given: "its directory is missing",
        advice: "The file is truncated or something else; get it again.")
    }
    let count = try record.number(end + 10, 2)
    var at = try record.number(end + 16, 4)
    guard count != 0xFFFF, at != 0xFFFF_FFFF else { throw Self.tooLarge(name) }
    var entries: [Entry] = []
    for _ in 0..<count {
      guard try record.number(at, 4) == 0x0201_4b50 else { throw record.damaged(at, "a directory entry") }
      let flags = try record.number(at + 8, 2)
      let entry = Entry(
        name: try record.text(at + 46, try record.number(at + 28, 2)), method: try record.number(at + 10, 2),
        checksum: UInt32(try record.number(at + 16, 4)), packedSize: try record.number(at + 20, 4),
        size: try record.number(at + 24, 4), headerOffset: try record.number(at + 42, 4))
      guard entry.packedSize != 0xFFFF_FFFF, entry.size != 0xFFFF_FFFF, entry.headerOffset != 0xFFFF_FFFF else {
        throw Self.tooLarge(name)
      }
      guard flags & 1 == 0, entry.method == 0 || entry.method == 8 else {
        throw CajalError(
          .unsupported, "\(name), \(entry.name)", expected: "stored or deflated data without password",
          given: "method \(entry.method), flags \(flags)")
      }
      if !entry.name.hasSuffix("/") { entries.append(entry) }
      at += 46 + (try record.number(at + 28, 2)) + (try record.number(at + 30, 2)) + (try record.number(at + 32, 2))
    }
    self.entries = entries
  }

  /// An entry's bytes as they are unpacked; hand the same stream to `check` after the last.
  func open(_ entry: Entry) throws -> CheckedStream {
    let record = Reading(bytes: bytes, name: name)
    let at = entry.headerOffset
    guard try record.number(at, 4) == 0x0403_4b50 else { throw record.damaged(at, "an entry's header") }
    let start = at + 30 + (try record.number(at + 26, 2)) + (try record.number(at + 28, 2))
    guard start <= bytes.count, entry.packedSize <= bytes.count - start else {
      throw record.damaged(start, "\(entry.packedSize) bytes of '\(entry.name)'")
    }
    let packed = MemoryStream(bytes[start..<(start + entry.packedSize)], name: "\(name), \(entry.name)")
    let stream: any ByteStream = entry.method == 8 ? try InflateStream(packed, .raw) : packed
    return CheckedStream(stream, size: entry.size)
  }

  /// Compares an entry read to its end with the directory.
  func check(_ entry: Entry, _ stream: CheckedStream) throws {
    guard stream.offset == entry.size, stream.checksum == entry.checksum else {
      throw CajalError(
        .format, stream.name, expected: "\(entry.size) bytes with the checksum of the directory",
        given: "\(stream.offset) bytes do not agree with it", advice: "The file is damaged; get it again.")
    }
  }

  private static func tooLarge(_ name: String) -> CajalError {
    CajalError(
      .unsupported, name, expected: "an archive below 4 GiB", given: "it is in the ZIP64 format",
      advice: "Save the arrays as single NPY files.")
  }

  /// Little-endian numbers that are there.
  private struct Reading {
    let bytes: [UInt8]
    let name: String

    func number(_ offset: Int, _ size: Int) throws -> Int {
      guard offset >= 0, offset + size <= bytes.count else { throw damaged(offset, "\(size) bytes") }
      return (0..<size).reversed().reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    }

    func text(_ offset: Int, _ count: Int) throws -> String {
      guard offset + count <= bytes.count else { throw damaged(offset, "a name") }
      return String(decoding: bytes[offset..<(offset + count)], as: UTF8.self)
    }

    func damaged(_ offset: Int, _ what: String) -> CajalError {
      CajalError(
        .format, name, expected: "\(what) at byte \(offset)", given: "it is not there",
        advice: "The archive is truncated or damaged; get it again.")
    }
  }
}

/// Counts and sums the bytes that pass, and lets no more through than were promised.
final class CheckedStream: ByteStream {
  private let upstream: any ByteStream
  private let size: Int
  private(set) var checksum: UInt32 = 0

  init(_ upstream: any ByteStream, size: Int) {
    self.upstream = upstream
    self.size = size
  }

  var name: String { upstream.name }
  var offset: Int { upstream.offset }
  var mostRemaining: Int { min(upstream.mostRemaining, max(0, size - offset)) }

  func read(into memory: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try upstream.read(into: memory)
    checksum = UInt32(crc32_z(UInt(checksum), memory.baseAddress?.assumingMemoryBound(to: UInt8.self), count))
    return count
  }
}

/// Builds an archive in memory.
struct ZipWriter {
  private var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  mutating func add(_ name: String, _ content: [UInt8], compressed: Bool) throws {
    let packed = compressed ? try deflated(content, level: 6, window: -15) : content
    let checksum = content.withUnsafeBufferPointer { Int(crc32_z(0, $0.baseAddress, $0.count)) }
    let text = Array(name.utf8)
    let offset = bytes.count
    guard offset + packed.count < 0xFFFF_FFFF, content.count < 0xFFFF_FFFF, count < 0xFFFE, text.count < 0xFFFF else {
      throw CajalError(
        .unsupported, "NPZ, \(name)", expected: "an archive below 4 GiB", given: "it would be larger",
        advice: "Save the arrays as single NPY files.")
    }
    // Version 2.0, names in UTF-8, 1 January 1980.
    let common =
      Self.little(20, 2) + Self.little(0x800, 2) + Self.little(compressed ? 8 : 0, 2) + Self.little(0, 2)
      + Self.little(0x21, 2) + Self.little(checksum, 4) + Self.little(packed.count, 4)
      + Self.little(content.count, 4) + Self.little(text.count, 2) + Self.little(0, 2)
    bytes += Self.little(0x0403_4b50, 4) + common + text + packed
    directory += Self.little(0x0201_4b50, 4) + Self.little(20, 2) + common + Self.little(0, 2)
    directory += Self.little(0, 2) + Self.little(0, 2) + Self.little(0, 4) + Self.little(offset, 4) + text
    count += 1
  }

  func finished() throws -> [UInt8] {
    let end =
      Self.little(0x0605_4b50, 4) + Self.little(0, 4) + Self.little(count, 2) + Self.little(count, 2)
      + Self.little(directory.count, 4) + Self.little(bytes.count, 4) + Self.little(0, 2)
    return bytes + directory + end
  }

  private static func little(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}
