import CCurl
import Cajal
import Foundation

/// How far a download has come.
public struct DownloadProgress: Sendable {
  /// Name of the file.
  public var file: String
  /// Bytes on disk, those of earlier attempts included.
  public var received: Int
  /// Bytes in all.
  public var total: Int
}

/// Gets files over HTTP: checked by SHA-256, resumed where an earlier attempt stopped, put in place as a whole.
///
/// Uses libcurl, found when the first download starts; proxies are taken from the environment as curl does.
public struct Downloader: Sendable {
  /// Gives up on an address that does not answer for so long.
  public var connectTimeoutSeconds: Int
  /// Gives up on a connection that brings nothing for so long.
  public var stallTimeoutSeconds: Int
  /// Connections to try before giving up; one that brought something does not count.
  public var attempts: Int
  /// Wait before the second attempt; doubled each time.
  public var retrySeconds: Double

  /// A downloader with its patience.
  public init(
    connectTimeoutSeconds: Int = 20, stallTimeoutSeconds: Int = 30, attempts: Int = 4, retrySeconds: Double = 1
  ) {
    self.connectTimeoutSeconds = connectTimeoutSeconds
    self.stallTimeoutSeconds = stallTimeoutSeconds
    self.attempts = attempts
    self.retrySeconds = retrySeconds
  }

  /// Gets one file into a folder; does nothing if it is there already with the right digest.
  ///
  /// What has come is kept as `NAME.part` when the connection breaks or the process ends, and continued next time.
  /// - Parameter progress: called on this thread about once a second and for every piece; throw to stop.
  /// Errors: `.system` (no connection, disk full, no permission), `.format` (other content than expected).
  public func fetch(
    _ file: DataFile, into folder: String, progress: (DownloadProgress) throws -> Void = { _ in }
  ) throws {
    try makeFolder(folder)
    let path = "\(folder)/\(file.name)"
    if isFile(path), try SHA256.digest(ofFile: path) == file.sha256 { return }
    var failure = CajalError(.missing, file.name, expected: "an address to get it from", given: "there is none")
    for url in file.urls {
      do {
        try withoutActuallyEscaping(progress) { progress in
          let part = try PartialFile(path: path + ".part", file: file, progress: progress)
          try transfer(url, part)
          try part.finish(as: path, from: url)
        }
        return
      } catch let error as CajalError where error.kind == .system && error.subject == url || error.kind == .format {
        failure = error  // another address may do
      }
    }
    throw failure
  }

  /// Repeats the request until everything is there.
  private func transfer(_ url: String, _ part: PartialFile) throws {
    if let problem = ccurl_load() {
      throw CajalError(
        .missing, "download", expected: "libcurl (libcurl.so.4)", given: String(cString: problem),
        advice: "Install it (Debian, Ubuntu: `apt-get install libcurl4`), or fetch \(url) by hand.")
    }
    var failed = 0
    while part.received < part.file.size {
      let before = part.received
      let answer = request(url, part)
      if let failure = part.failure { throw failure }
      if part.received == part.file.size { return }
      // 33: the server cannot continue; 416: it says there is nothing left to send.
      if answer.code == 33 || answer.status == 416 {
        guard before > 0 else { throw refusal(url, "its answer is HTTP status \(answer.status)") }
        try part.restart()
        failed += 1
      } else if answer.status >= 400 {
        // Busy servers are asked again, the others have said no.
        guard answer.status >= 500 || answer.status == 429 || answer.status == 408 else {
          throw refusal(url, "its answer is HTTP status \(answer.status)")
        }
        failed += 1
      } else {
        failed = part.received > before ? 0 : failed + 1
      }
      guard failed < attempts else {
        throw refusal(url, answer.code == 0 ? "the answer ended early" : Self.message(answer))
      }
      if failed > 0 { usleep(UInt32(min(retrySeconds * Double(1 << min(failed - 1, 5)), 30) * 1e6)) }
      try part.report()
    }
  }

  private func request(_ url: String, _ part: PartialFile) -> ccurl_answer {
    var answer = ccurl_answer()
    url.withCString { address in
      "cajal".withCString { agent in
        var request = ccurl_request()
        request.url = address
        request.user_agent = agent
        request.offset = Int64(part.received)
        request.connect_seconds = connectTimeoutSeconds
        request.stall_seconds = stallTimeoutSeconds
        request.most_redirects = 10
        request.context = Unmanaged.passUnretained(part).toOpaque()
        request.start = { context, status, length in
          PartialFile.from(context)?.start(status: status, length: length) == true ? 0 : 1
        }
        request.write = { context, bytes, count in
          PartialFile.from(context)?.append(UnsafeRawBufferPointer(start: bytes, count: count)) == true ? 0 : 1
        }
        request.tick = { context in PartialFile.from(context)?.tick() == true ? 0 : 1 }
        withExtendedLifetime(part) { ccurl_get(&request, &answer) }
      }
    }
    return answer
  }

  private static func message(_ answer: ccurl_answer) -> String {
    withUnsafeBytes(of: answer.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  private func refusal(_ url: String, _ given: String) -> CajalError {
    CajalError(
      .system, url, expected: "the server to send the file", given: given,
      advice: "Check the connection and run the command again; it continues where it stopped.")
  }
}

/// Makes a folder and those above it.
func makeFolder(_ path: String) throws {
  guard !path.isEmpty, !isFolder(path) else { return }
  if let slash = path.lastIndex(of: "/"), slash != path.startIndex { try makeFolder(String(path[..<slash])) }
  guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw systemError(path, "a folder that can be made") }
}
