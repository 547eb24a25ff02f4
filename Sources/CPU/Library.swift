// oneDNN and the thread pool, once for the process.
import COneDNN
import CajalGraph
import Foundation
import ThreadPool

/// The loaded oneDNN with its engine and stream.
struct Library: @unchecked Sendable {  // engine and stream are used from any thread by oneDNN's own rules
  let functions: OneDNN
  let engine: onednn_engine
  let stream: onednn_stream
  /// Threads of a parallel kernel.
  let threads: Int

  /// The library, or why it is not there; tried once.
  static let shared: Result<Library, CajalError> = Result { try load() }.mapError {
    $0 as? CajalError ?? CajalError(.missing, "oneDNN", expected: "a working library", given: "\($0)")
  }

  static func loaded() throws -> Library { try shared.get() }

  private static func load() throws -> Library {
    var text = [CChar](repeating: 0, count: 12288)
    guard onednn_load(&text, text.count) == 0, let table = onednn_table() else {
      let message = text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
      throw CajalError(.missing, "oneDNN", expected: "a working library", given: "there is none", advice: message)
    }
    let functions = table.pointee
    pool_set_threads(Int32(try threadCount()))
    let threads = Int(pool_threads())
    var engine: onednn_engine?
    var stream: onednn_stream?
    try check(functions.engine_create(&engine, ONEDNN_CPU, 0), "engine")
    guard let engine else { throw CajalError(.system, "oneDNN", expected: "an engine", given: "there is none") }
    try check(functions.stream_create(&stream, engine, UInt32(ONEDNN_STREAM_DEFAULT_FLAGS)), "stream")
    guard let stream else { throw CajalError(.system, "oneDNN", expected: "a stream", given: "there is none") }
    return Library(functions: functions, engine: engine, stream: stream, threads: threads)
  }

  /// `CAJAL_NUM_THREADS`, else all cores this process may use.
  private static func threadCount() throws -> Int {
    guard let text = ProcessInfo.processInfo.environment["CAJAL_NUM_THREADS"] else { return availableCores() }
    guard let count = Int(text), count >= 1, count <= 4096 else {
      throw CajalError(.argument, "CAJAL_NUM_THREADS", expected: "a number of threads ≥ 1", given: "it is '\(text)'")
    }
    return count
  }

  private static func availableCores() -> Int {
    let cores = Int(pool_available_cores())
    return cores > 0 ? cores : ProcessInfo.processInfo.activeProcessorCount
  }

  /// Throws unless a call of oneDNN succeeded.
  static func check(_ status: onednn_status, _ what: String) throws {
    guard status != ONEDNN_SUCCESS else { return }
    throw CajalError(
      .unsupported, "oneDNN", expected: "\(what) to be possible",
      given: "it answered '\(String(cString: onednn_status_text(status)))'")
  }
}
