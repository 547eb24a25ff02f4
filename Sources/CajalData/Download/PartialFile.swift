import Cajal
import Foundation

/// What has come of a download: a file `NAME.part` that one process writes at a time.
final class PartialFile {
  let file: DataFile
  private(set) var received: Int
  /// Why the transfer has to stop, noticed while bytes came in.
  private(set) var failure: (any Error)?
  private let path: String
  private let descriptor: Int32
  private let progress: (DownloadProgress) throws -> Void

  init(path: String, file: DataFile, progress: @escaping (DownloadProgress) throws -> Void) throws {
    self.path = path
    self.file = file
    self.progress = progress
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw systemError(path, "a file that can be written") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw CajalError(
        .system, path, expected: "to be the only download of this file", given: "another process is writing it")
    }
    received = Int(lseek(descriptor, 0, SEEK_END))
    if received > file.size { try restart() }
  }

  deinit { close(descriptor) }

  static func from(_ context: UnsafeMutableRawPointer?) -> PartialFile? {
    context.map { Unmanaged<PartialFile>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Forgets what has come.
  func restart() throws {
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw systemError(path, "a file that can be written")
    }
    received = 0
  }

  /// An answer begins: true to take its body.
  func start(status: Int, length: Int64) -> Bool {
    guard status == 200 || status == 206 else { return false }
    return attempt {
      if status == 200, received > 0 { try restart() }
      guard length < 0 || received + Int(length) == file.size else {
        throw unexpected("it would be \(received + Int(length))")
      }
    }
  }

  func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    attempt {
      guard received + bytes.count <= file.size else { throw unexpected("more come") }
      var done = 0
      while done < bytes.count {
        let count = write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw systemError(path, "\(file.size - received) more bytes on the disk") }
        done += count
        received += count
      }
      try report()
    }
  }

  func tick() -> Bool { failure == nil && attempt(report) }

  func report() throws { try progress(DownloadProgress(file: file.name, received: received, total: file.size)) }

  /// Checks the digest and puts the file in its place.
  func finish(as final: String, from url: String) throws {
    let digest = try SHA256.digest(ofFile: path)
    guard digest == file.sha256 else {
      unlink(path)
      throw CajalError(
        .format, url, expected: "content with SHA-256 \(file.sha256)", given: "it is \(digest)",
        advice: "What came was thrown away. The file has changed at its source or was altered on the way.")
    }
    guard fsync(descriptor) == 0, rename(path, final) == 0 else {
      throw systemError(final, "a file that can be written")
    }
    try report()
  }

  private func unexpected(_ given: String) -> CajalError {
    CajalError(
      .format, file.name, expected: "\(file.size) bytes in all", given: given,
      advice: "The file has changed at its source, or a page came in its place.")
  }

  private func attempt(_ body: () throws -> Void) -> Bool {
    do {
      try body()
      return true
    } catch {
      failure = error
      return false
    }
  }
}
