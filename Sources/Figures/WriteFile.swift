#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes a file beside its place and renames it there, so that a reader never sees half a picture and a failure keeps the old one.
func writeFile(_ path: String, contents: [UInt8]) throws(FigureError) {
  func failed(_ reason: Int32) -> FigureError { .cannotWrite(path: path, reason: String(cString: strerror(reason))) }

  let partial = "\(path).\(getpid()).partial"
  let file = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
  if file < 0 { throw failed(errno) }
  var written = 0
  while written < contents.count {
    let count = contents[written...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    if count <= 0 {
      let reason = count < 0 ? errno : ENOSPC
      close(file)
      unlink(partial)
      throw failed(reason)
    }
    written += count
  }
  if close(file) != 0 || rename(partial, path) != 0 {
    let reason = errno
    unlink(partial)
    throw failed(reason)
  }
}
