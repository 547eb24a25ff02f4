#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The program gnuplot, run once per figure: commands in, the bytes of a picture out, no files between.
struct Gnuplot {
  let executable: String

  /// Seconds after which a run is given up.
  static let limitSeconds = 60.0

  /// Looks for the program.
  ///
  /// - Parameter searchPath: directories separated by colons; the environment's `PATH` if `nil`.
  init(searchPath: String? = nil) throws(FigureError) {
    let searchPath = searchPath ?? getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
    for directory in searchPath.split(separator: ":") {
      let candidate = "\(directory)/gnuplot"
      if access(candidate, X_OK) == 0 {
        executable = candidate
        return
      }
    }
    throw .gnuplotMissing
  }

  /// Runs the script and returns what it drew.
  func run(_ script: GnuplotScript) throws(FigureError) -> [UInt8] {
    let process = try ChildProcess(executable, arguments: ["--default-settings"])
    let result = process.exchange(Array(script.text.utf8), limitSeconds: Self.limitSeconds)
    if result.timedOut {
      throw .gnuplotFailed(message: "it did not finish within \(Int(Self.limitSeconds)) s")
    }
    // Warnings also arrive on standard error; a failed command makes the exit status 1 and leaves the picture cut short.
    if result.status != 0 || result.output.isEmpty {
      let lines = String(decoding: result.errors, as: UTF8.self).split(separator: "\n")
      let message = lines.last { !$0.allSatisfy { $0 == " " || $0 == "^" } } ?? "it ended with status \(result.status)"
      throw .gnuplotFailed(message: message.drop { $0 == " " }.prefix(300).description)
    }
    return result.output
  }
}

/// A program with pipes to its standard input, output and error, fed and read at once so that neither side waits for the other.
private struct ChildProcess {
  struct Result {
    var output: [UInt8] = []
    var errors: [UInt8] = []
    var status: Int32 = -1
    var timedOut = false
  }

  private let process: pid_t
  private let input: Int32
  private let output: Int32
  private let errors: Int32

  init(_ executable: String, arguments: [String]) throws(FigureError) {
    var opened: [Int32] = []
    guard let input = Self.pair(&opened), let output = Self.pair(&opened), let errors = Self.pair(&opened) else {
      let reason = String(cString: strerror(errno))
      for descriptor in opened { close(descriptor) }
      throw .gnuplotFailed(message: "cannot open pipes to it: \(reason)")
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input.theirs, 0)
    posix_spawn_file_actions_adddup2(&actions, output.theirs, 1)
    posix_spawn_file_actions_adddup2(&actions, errors.theirs, 2)

    var process: pid_t = 0
    let words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    let failure = posix_spawn(&process, executable, &actions, nil, words, environ)
    for descriptor in [input.theirs, output.theirs, errors.theirs] { close(descriptor) }
    if failure != 0 {
      for descriptor in [input.ours, output.ours, errors.ours] { close(descriptor) }
      throw .gnuplotFailed(message: "cannot start \(executable): \(String(cString: strerror(failure)))")
    }
    self.process = process
    self.input = input.ours
    self.output = output.ours
    self.errors = errors.ours
    _ = fcntl(input.ours, F_SETFL, O_NONBLOCK)
  }

  /// Two ends that the other program does not inherit by accident, both above the three standard descriptors.
  ///
  /// Sockets rather than pipes: writing to a program that has ended must not raise SIGPIPE here.
  private static func pair(_ opened: inout [Int32]) -> (ours: Int32, theirs: Int32)? {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    if socketpair(AF_UNIX, kind, 0, &ends) != 0 { return nil }
    for index in 0..<2 where ends[index] < 3 {
      let moved = fcntl(ends[index], F_DUPFD_CLOEXEC, 3)
      close(ends[index])
      ends[index] = moved
    }
    opened += ends
    return ends.contains { $0 < 0 } ? nil : (ours: ends[0], theirs: ends[1])
  }

  /// Sends all of `bytes`, collects what comes back, and waits for the end.
  func exchange(_ bytes: [UInt8], limitSeconds: Double) -> Result {
    var result = Result()
    let deadline = ContinuousClock.now + .seconds(limitSeconds)
    var sent = 0
    var isFeeding = true
    var isReading = [true, true]
    while isReading[0] || isReading[1] {
      let left = (deadline - ContinuousClock.now).components.seconds
      if left < 0 {
        result.timedOut = true
        kill(process, SIGKILL)
        break
      }
      // Negative descriptors are ignored.
      var waiting = [
        pollfd(fd: isFeeding ? input : -1, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: isReading[0] ? output : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: isReading[1] ? errors : -1, events: Int16(POLLIN), revents: 0),
      ]
      if poll(&waiting, 3, 1_000) < 0 && errno != EINTR { break }
      if waiting[0].revents != 0 {
        isFeeding = feed(bytes, &sent)
        if !isFeeding { close(input) }
      }
      if waiting[1].revents != 0 { isReading[0] = read(output, into: &result.output) }
      if waiting[2].revents != 0 { isReading[1] = read(errors, into: &result.errors) }
    }
    if isFeeding { close(input) }
    close(output)
    close(errors)
    var state: Int32 = 0
    while waitpid(process, &state, 0) < 0 && errno == EINTR {}
    result.status = state & 0x7F == 0 ? (state >> 8) & 0xFF : -(state & 0x7F)
    return result
  }

  /// Sends what fits now; false when all is sent or nobody listens any more.
  private func feed(_ bytes: [UInt8], _ sent: inout Int) -> Bool {
    let count = bytes[sent...].withUnsafeBytes { send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    if count < 0 { return errno == EAGAIN || errno == EINTR }
    sent += count
    return sent < bytes.count
  }

  /// Reads what is there; false at the end.
  private func read(_ descriptor: Int32, into collected: inout [UInt8]) -> Bool {
    let count = withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { buffer in
      let count = readBytes(descriptor, buffer.baseAddress, buffer.count)
      if count > 0 { collected.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
      return count
    }
    return count > 0 || (count < 0 && errno == EINTR)
  }
}

private func readBytes(_ descriptor: Int32, _ start: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(descriptor, start, count)
}
