import Synchronization

/// What compiling has cost this process so far.
package struct CompilationTotals: Sendable {
  package var count = 0
  package var seconds = 0.0

  private static let shared = Mutex(CompilationTotals())

  package static var now: CompilationTotals { shared.withLock { $0 } }

  static func add(count: Int, seconds: Double) {
    shared.withLock {
      $0.count += count
      $0.seconds += seconds
    }
  }
}
