import Cajal

#if canImport(Glibc)
  import Glibc
#endif

/// The directory that a run writes into.
struct OutputFolder {
  let path: String

  /// Makes the directory and those above it, and tries whether it can be written.
  ///
  /// Errors: `.system` before anything is trained, so that no work is lost.
  init(_ path: String) throws {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    try Self.make(self.path)
    let probe = file(".cajal-\(getpid())")
    let descriptor = open(probe, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.refused(self.path) }
    close(descriptor)
    unlink(probe)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  private static func make(_ path: String) throws {
    if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else { throw refused(path) }
    try make(String(path[..<slash]))
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw refused(path) }
  }

  private static func refused(_ path: String) -> CajalError {
    CajalError(
      .system, path, expected: "a directory that can be written",
      given: "the system says: \(String(cString: strerror(errno)))",
      advice: "Choose another place with --output DIR.")
  }
}
