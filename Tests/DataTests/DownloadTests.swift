import Cajal
import Foundation
import Testing

@testable import CajalData

@Suite(.serialized) struct DownloadTests {
  private static let content: [UInt8] = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) }
  private static let digest: String = {
    var digest = SHA256()
    content.withUnsafeBytes { digest.update($0) }
    return digest.finished()
  }()
  private let quick = Downloader(connectTimeoutSeconds: 2, stallTimeoutSeconds: 1, attempts: 2, retrySeconds: 0.01)

  private func run(
    _ behaviour: RangeServer.Behaviour = RangeServer.Behaviour(), sha256: String? = nil, path: String = "/file",
    size: Int? = nil, part: [UInt8]? = nil, progress: (DownloadProgress) throws -> Void = { _ in }
  ) throws -> (requests: [String], error: (any Error)?, file: [UInt8]?, part: [UInt8]?) {
    let server = try RangeServer(Self.content, behaviour)
    defer { server.stop() }
    return try withTemporaryFolder { folder in
      let file = DataFile(
        "x.bin", size: size ?? Self.content.count, sha256: sha256 ?? Self.digest,
        urls: ["http://127.0.0.1:\(server.port)\(path)"])
      if let part { try writeFile("\(folder)/x.bin.part", part) }
      var problem: (any Error)?
      do { try quick.fetch(file, into: folder, progress: progress) } catch { problem = error }
      func bytes(_ name: String) -> [UInt8]? {
        isFile("\(folder)/\(name)") ? try? FileStream("\(folder)/\(name)").readAll(limit: 1 << 30) : nil
      }
      return (server.requests.withLock { $0 }, problem, bytes("x.bin"), bytes("x.bin.part"))
    }
  }

  @Test func wholeFile() throws {
    var last = 0
    let result = try run { last = $0.received }
    #expect(result.error == nil && result.file == Self.content && result.part == nil)
    #expect(result.requests.count == 1 && last == Self.content.count)
  }

  @Test func resumesAfterCuts() throws {
    let result = try run(.init(cuts: [1000, 70_000, 100_000]))
    #expect(result.error == nil && result.file == Self.content)
    #expect(result.requests.count == 4)
    #expect(result.requests[1].contains("bytes=1000-") && result.requests[2].contains("bytes=71000-"))
  }

  @Test func resumesFromAnEarlierProcess() throws {
    let result = try run(part: Array(Self.content[..<200_000]))
    #expect(result.file == Self.content && result.requests[0].contains("bytes=200000-"))
    let complete = try run(part: Self.content)
    #expect(complete.file == Self.content && complete.requests.isEmpty)
  }

  @Test func startsAgainWithoutRanges() throws {
    let result = try run(.init(cuts: [1000], honoursRanges: false))
    #expect(result.error == nil && result.file == Self.content)
  }

  @Test func staleRestIsNoticed() throws {
    let result = try run(part: [UInt8](repeating: 9, count: 1000))
    #expect((result.error as? CajalError)?.kind == .format && result.file == nil && result.part == nil)
  }

  @Test func followsRedirects() throws { #expect(try run(path: "/moved").file == Self.content) }

  @Test func statuses() throws {
    let absent = try run(.init(statuses: [404]))
    #expect((absent.error as? CajalError)?.given == "its answer is HTTP status 404" && absent.requests.count == 1)
    #expect(try run(.init(statuses: [503])).file == Self.content)
    #expect((try run(.init(statuses: [503, 503])).error as? CajalError)?.kind == .system)
  }

  @Test func otherContent() throws {
    #expect((try run(sha256: String(repeating: "0", count: 64)).error as? CajalError)?.kind == .format)
    #expect((try run(size: 5000).error as? CajalError)?.kind == .format)
    #expect((try run(.init(tellsLength: false), size: 5000).error as? CajalError)?.kind == .format)
  }

  @Test func stallsEnd() throws {
    let clock = ContinuousClock()
    var result: (any Error)?
    let time = try clock.measure { result = try run(.init(cuts: [10, 0, 0], stalls: true)).error }
    #expect((result as? CajalError)?.kind == .system && time < .seconds(12))
  }

  @Test func stopsWhenAsked() throws {
    struct Stop: Error {}
    let result = try run { if $0.received > 10_000 { throw Stop() } }
    #expect(result.error is Stop && result.file == nil && (result.part?.count ?? 0) > 0)
  }

  @Test(.enabled(if: access("/dev/full", W_OK) == 0, "no /dev/full to write to")) func fullDisk() throws {
    let server = try RangeServer(Self.content)
    defer { server.stop() }
    try withTemporaryFolder { folder in
      symlink("/dev/full", "\(folder)/x.bin.part")
      let file = DataFile("x.bin", size: Self.content.count, sha256: Self.digest, urls: [server.url])
      let error = failure { try quick.fetch(file, into: folder) }
      #expect(error?.kind == .system && error?.given == "the disk is full" && !isFile("\(folder)/x.bin"))
    }
  }

  @Test func nobodyThere() throws {
    try withTemporaryFolder { folder in
      let file = DataFile("x", size: 1, sha256: Self.digest, urls: ["http://127.0.0.1:1/x", "file:///etc/hostname"])
      #expect(failure { try quick.fetch(file, into: folder) }?.kind == .system)
    }
  }
}
