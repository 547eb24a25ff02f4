// The one thread that multi-threaded programs run on: libgomp keeps a team for every thread that starts one.
import CajalGraph
import Foundation
import Synchronization

/// Runs work on the process's executor thread while the caller waits.
package enum Executor {
  private final class Worker: Sendable {
    private let queue = Mutex<[@Sendable () -> Void]>([])
    private let arrived = DispatchSemaphore(value: 0)

    init() {
      let thread = Thread { [self] in
        Thread.current.threadDictionary[Executor.mark] = true
        // The number of threads is a setting of the thread that starts them.
        if let library = try? Library.loaded() { library.functions.set_num_threads?(Int32(library.threads)) }
        while true {
          arrived.wait()
          let work = queue.withLock { $0.isEmpty ? nil : $0.removeFirst() }
          work?()
        }
      }
      thread.name = "cajal executor"
      thread.stackSize = 8 << 20
      thread.start()
    }

    func submit(_ work: @escaping @Sendable () -> Void) {
      queue.withLock { $0.append(work) }
      arrived.signal()
    }
  }

  private static let mark = "cajal.executor"
  private static let worker = Worker()

  /// Runs `body` on the executor's thread if `needed`, and on the caller otherwise or when the caller is that thread.
  package static func run<Result>(if needed: Bool, _ body: () throws -> Result) throws -> Result {
    guard needed, Thread.current.threadDictionary[mark] == nil else { return try body() }
    return try withoutActuallyEscaping(body) { body in
      let handOver = HandOver<Result>(body)
      worker.submit { handOver.run() }
      return try handOver.wait()
    }
  }

  /// The caller waits until the work is done, so nothing is touched from two threads at once.
  private final class HandOver<Result>: @unchecked Sendable {
    private var body: (() throws -> Result)?
    private var result: Swift.Result<Result, any Error>?
    private let done = DispatchSemaphore(value: 0)

    init(_ body: @escaping () throws -> Result) { self.body = body }

    func run() {
      result = finish()
      done.signal()
    }

    /// Runs the work and lets go of it: the waiting caller's closure must be its own again when it wakes.
    @inline(never) private func finish() -> Swift.Result<Result, any Error>? {
      guard let work = body else { return nil }
      body = nil
      return Swift.Result { try work() }
    }

    func wait() throws -> Result {
      done.wait()
      guard let result else { misuse("Executor: the work ended without a result.") }
      return try result.get()
    }
  }
}
