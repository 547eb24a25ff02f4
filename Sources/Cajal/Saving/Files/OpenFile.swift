import Foundation

/// An open file or folder: whole reads and writes, with errors that name the file.
final class OpenFile {
  let path: String
  let descriptor: Int32

  private init(_ descriptor: Int32, _ path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  // MARK: - Opening

  /// Opens a file for reading; inside a folder that is open, so that both are of one time.
  static func reading(_ path: String, in folder: OpenFile? = nil) throws -> OpenFile {
    // Without O_NONBLOCK a named pipe would be waited for.
    let descriptor = openat(folder?.descriptor ?? AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    let full = folder.map { $0.path + "/" + path } ?? path
    guard descriptor >= 0 else { throw failure(full, "to read it", errno) }
    let file = OpenFile(descriptor, full)
    guard try file.status().st_mode & S_IFMT == S_IFREG else {
      throw CajalError(.format, full, expected: "a file", given: "it is a folder or a device")
    }
    return file
  }

  static func folder(_ path: String) throws -> OpenFile {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    guard descriptor >= 0 else { throw failure(path, "to open the folder", errno) }
    return OpenFile(descriptor, path)
  }

  /// Makes a new file; one that exists is an error.
  static func making(_ path: String) throws -> OpenFile {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(path, "to write it", errno) }
    return OpenFile(descriptor, path)
  }

  // MARK: - Reading

  func status() throws -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.failure(path, "to look at it", errno) }
    return status
  }

  func byteCount() throws -> Int { Int(try status().st_size) }

  /// Fills the memory with the bytes at an offset.
  func read(into memory: UnsafeMutableRawBufferPointer, at offset: Int) throws {
    guard let base = memory.baseAddress else { return }
    var done = 0
    while done < memory.count {
      let count = pread(descriptor, base + done, memory.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw Self.failure(path, "to read it", errno) }
      guard count > 0 else {
        throw CajalError(
          .format, path, expected: "\(memory.count) bytes at \(offset)", given: "the file ends after \(done) of them",
          advice: "Somebody has cut it off: write or fetch it again.")
      }
      done += count
    }
  }

  func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try read(into: $0, at: offset) }
    return bytes
  }

  // MARK: - Writing

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    guard let base = bytes.baseAddress else { return }
    try withoutSizeSignal {
      var done = 0
      while done < bytes.count {
        let count = Foundation.write(descriptor, base + done, bytes.count - done)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else {
          throw Self.failure(path, "to write \(bytes.count) bytes to it", count < 0 ? errno : ENOSPC)
        }
        done += count
      }
    }
  }

  func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  /// Waits until the bytes are on the disk.
  func synchronize() throws {
    while fsync(descriptor) != 0 {
      let code = errno
      if code == EINTR { continue }
      if code == EINVAL || code == EROFS { return }  // a file system without it
      throw Self.failure(path, "to keep it on the disk", code)
    }
  }

  /// A limit on the size of files is an error to be told, not a signal that ends the process.
  private func withoutSizeSignal(_ body: () throws -> Void) throws {
    var signals = sigset_t()
    var before = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGXFSZ)
    guard pthread_sigmask(SIG_BLOCK, &signals, &before) == 0 else { return try body() }
    defer {
      #if os(Linux)
        if sigismember(&before, SIGXFSZ) == 0 {
          var now = timespec()
          _ = sigtimedwait(&signals, nil, &now)
        }
      #endif
      pthread_sigmask(SIG_SETMASK, &before, nil)
    }
    try body()
  }

  // MARK: - Errors

  static func failure(_ path: String, _ wish: String, _ code: Int32) -> CajalError {
    let advice: String
    switch code {
    case ENOSPC, EDQUOT: advice = "Make room on the disk, or write to another one."
    case EFBIG: advice = "The limit on the size of files (ulimit -f) is too small."
    case EACCES, EPERM, EROFS: advice = "Choose another folder, or ask for permission."
    case ENOENT: advice = "Check the path."
    default: advice = ""
    }
    return CajalError(
      code == ENOENT ? .missing : .system, path, expected: wish,
      given: "the system says: \(String(cString: strerror(code)))",
      advice: advice)
  }
}
