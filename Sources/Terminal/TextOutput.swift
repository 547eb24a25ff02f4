import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A place that text is written to: standard output, a file, or memory in a test.
public protocol TextOutput: Sendable {
  /// What the place can show; looked up anew at each use, since a window may change its size.
  var terminal: Terminal { get }
  /// Writes the text now; line ends are the caller's.
  func write(_ text: String)
}

extension TextOutput {
  /// Writes the text and ends the line.
  public func writeLine(_ text: String = "") {
    write(text + "\n")
  }
}

/// Text to a file descriptor, written at once and in order with what `print` wrote before.
///
/// What cannot be written (a full disk) is dropped, since a display is never worth a training run. A pipe whose reader went
/// away ends the program as it ends any other, by SIGPIPE, unless the program ignores that signal.
public struct FileDescriptorOutput: TextOutput {
  public let fileDescriptor: Int32

  public init(_ fileDescriptor: Int32) {
    self.fileDescriptor = fileDescriptor
  }

  public var terminal: Terminal { Terminal(fileDescriptor: fileDescriptor) }

  public func write(_ text: String) {
    fflush(nil)
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while let start = rest.baseAddress, !rest.isEmpty {
        let written = systemWrite(fileDescriptor, start, rest.count)
        if written > 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        } else if errno == EAGAIN {
          var waiting = pollfd(fd: fileDescriptor, events: Int16(POLLOUT), revents: 0)
          poll(&waiting, 1, 1_000)
        } else if errno != EINTR {
          return
        }
      }
    }
  }
}

private func systemWrite(_ fileDescriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
  write(fileDescriptor, start, count)
}

extension TextOutput where Self == FileDescriptorOutput {
  public static var standardOutput: FileDescriptorOutput { FileDescriptorOutput(1) }
  public static var standardError: FileDescriptorOutput { FileDescriptorOutput(2) }
}

/// Text kept in memory, for tests and for logs that are looked at later.
public final class MemoryOutput: TextOutput {
  public let terminal: Terminal
  private let collected = Mutex("")

  public init(terminal: Terminal = .plain) {
    self.terminal = terminal
  }

  /// All that was written so far.
  public var text: String { collected.withLock { $0 } }

  public func write(_ text: String) {
    collected.withLock { $0 += text }
  }
}
