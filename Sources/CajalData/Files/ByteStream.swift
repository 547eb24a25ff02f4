// Bytes of files and archives in order, with a bound on how many may come.
import Cajal
import Foundation

/// Somewhere bytes come from, once, in order.
protocol ByteStream: AnyObject {
  /// The file, for messages.
  var name: String { get }
  /// Bytes already given.
  var offset: Int { get }
  /// No more bytes than this can follow; claims in headers are held against it before memory is taken.
  var mostRemaining: Int { get }
  /// Gives at most as many bytes as fit; 0 at the end.
  func read(into memory: UnsafeMutableRawBufferPointer) throws -> Int
}

extension ByteStream {
  /// Fills the memory, or says where the file ended.
  func readExactly(into memory: UnsafeMutableRawBufferPointer, _ what: String) throws {
    var done = 0
    while done < memory.count {
      let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: memory[done...]))
      guard count > 0 else {
        throw CajalError(
          .format, name, expected: "\(memory.count) bytes of \(what)",
          given: "the file ends after \(done) of them, at byte \(offset)",
          advice: "The file is truncated; get it again.")
      }
      done += count
    }
  }

  func readBytes(_ count: Int, _ what: String) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try readExactly(into: $0, what) }
    return bytes
  }

  /// Everything up to the end.
  func readAll(limit: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(mostRemaining, limit, 1 << 20))
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 64)
    defer { chunk.deallocate() }
    while true {
      let count = try read(into: chunk)
      if count == 0 { return bytes }
      guard bytes.count + count <= limit else { throw Self.tooLarge(name, limit) }
      bytes.append(contentsOf: chunk[..<count])
    }
  }

  /// Refuses bytes after the end of the data.
  func expectEnd() throws {
    var one: UInt8 = 0
    let extra = try withUnsafeMutableBytes(of: &one) { try read(into: $0) }
    guard extra == 0 else {
      throw CajalError(
        .format, name, expected: "the end of the file at byte \(offset - extra)", given: "more bytes follow",
        advice: "The file is damaged or its header is.")
    }
  }

  static func tooLarge(_ name: String, _ limit: Int) -> CajalError {
    CajalError(
      .format, name, expected: "at most \(limit) bytes of data", given: "there are more",
      advice: "Raise the limit if the file can be trusted.")
  }
}

/// Bytes that already lie in memory.
final class MemoryStream: ByteStream {
  let name: String
  private let bytes: ArraySlice<UInt8>
  private(set) var offset = 0

  init(_ bytes: ArraySlice<UInt8>, name: String) {
    self.bytes = bytes
    self.name = name
  }

  var mostRemaining: Int { bytes.count - offset }

  func read(into memory: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(memory.count, mostRemaining)
    guard count > 0 else { return 0 }
    bytes.withUnsafeBytes { memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + count)])) }
    offset += count
    return count
  }
}

/// A file, read as it is needed.
final class FileStream: ByteStream {
  let name: String
  private let descriptor: Int32
  private let size: Int
  private(set) var offset = 0

  init(_ path: String) throws {
    name = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemError(path, "a file that can be read") }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw CajalError(.argument, path, expected: "a file", given: "it is a folder")
    }
    size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : Int.max
  }

  deinit { close(descriptor) }

  var mostRemaining: Int { max(0, size - offset) }

  func read(into memory: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = Foundation.read(descriptor, memory.baseAddress, memory.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw systemError(name, "a file that can be read") }
      offset += count
      return count
    }
  }
}

/// The system's last refusal as an error of ours.
func systemError(_ path: String, _ expected: String) -> CajalError {
  let code = errno
  let reason = String(cString: strerror(code))
  switch code {
  case ENOENT: return CajalError(.missing, path, expected: expected, given: "there is no such file or folder")
  case ENOSPC, EDQUOT:
    return CajalError(
      .system, path, expected: expected, given: "the disk is full", advice: "Free some space or choose another folder.")
  default: return CajalError(.system, path, expected: expected, given: "the system says: \(reason)")
  }
}

/// A file as bytes; files that begin like gzip are unpacked on the way.
func openStream(_ path: String) throws -> any ByteStream {
  let file = try FileStream(path)
  var head = [UInt8](repeating: 0, count: 2)
  let count = try head.withUnsafeMutableBytes { try file.read(into: $0) }
  let again = try FileStream(path)
  return count == 2 && head == [0x1f, 0x8b] ? try InflateStream(again, .gzip) : again
}

/// Bytes in memory; unpacked on the way where they begin like gzip.
func openStream(_ bytes: [UInt8], name: String) throws -> any ByteStream {
  let stream = MemoryStream(bytes[...], name: name)
  return bytes.starts(with: [0x1f, 0x8b]) ? try InflateStream(stream, .gzip) : stream
}

/// Writes a file as a whole: aside, synced, renamed, so that a reader never sees half of it.
func writeFile(_ path: String, _ bytes: [UInt8]) throws {
  let aside = "\(path).\(getpid()).part"
  let descriptor = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else { throw systemError(path, "a file that can be written") }
  var done = 0
  while done < bytes.count {
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done) }
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else {
      let error = systemError(path, "a file that can be written")
      close(descriptor)
      unlink(aside)
      throw error
    }
    done += count
  }
  guard fsync(descriptor) == 0 || errno == EINVAL, close(descriptor) == 0, rename(aside, path) == 0 else {
    let error = systemError(path, "a file that can be written")
    unlink(aside)
    throw error
  }
}
