// Regions of the pool: every share once, whoever computes it, on machines with more threads than cores too.
import Foundation
import Synchronization
import Testing
import ThreadPool

@Suite("The thread pool", .serialized)
struct PoolTests {
  /// Counts how often each share was computed, and keeps the numbers that came with it.
  private final class Tally: Sendable {
    let hits = Mutex<[Int: Int]>([:])
    let teams = Mutex<Set<Int32>>([])
    let inner = Mutex<Set<Int32>>([])
    let work: Int

    init(work: Int = 0) { self.work = work }

    func note(_ thread: Int32, _ threads: Int32) {
      var sum = 0.0
      for i in 0..<work { sum += Double(i).squareRoot() }
      hits.withLock { $0[Int(thread), default: 0] += sum < 0 ? 2 : 1 }
      _ = teams.withLock { $0.insert(threads) }
    }
  }

  private static func run(_ tally: Tally, threads: Int32) {
    pool_run(
      { context, thread, threads in
        guard let context else { return }
        Unmanaged<Tally>.fromOpaque(context).takeUnretainedValue().note(thread, threads)
      }, Unmanaged.passUnretained(tally).toOpaque(), threads)
  }

  @Test("every share of every region is computed once", .timeLimit(.minutes(1)), arguments: [0, 100, 20_000])
  func shares(work: Int) {
    for threads: Int32 in 1...5 {
      let tally = Tally(work: work), regions = work > 1000 ? 100 : 2000
      for _ in 0..<regions { Self.run(tally, threads: threads) }
      #expect(tally.hits.withLock { $0 } == .init(uniqueKeysWithValues: (0..<Int(threads)).map { ($0, regions) }))
      #expect(tally.teams.withLock { $0 } == [threads])
    }
  }

  @Test("callers from several threads take turns", .timeLimit(.minutes(1)))
  func callers() {
    let tallies = (0..<4).map { _ in Tally(work: 50) }
    DispatchQueue.concurrentPerform(iterations: 4) { index in
      for _ in 0..<1000 { Self.run(tallies[index], threads: 3) }
    }
    for tally in tallies { #expect(tally.hits.withLock { $0 } == [0: 1000, 1: 1000, 2: 1000]) }
  }

  @Test("a region inside a region has one share")
  func nested() {
    let tally = Tally()
    pool_run(
      { context, _, _ in
        pool_run(
          { context, _, threads in
            guard let context else { return }
            _ = Unmanaged<Tally>.fromOpaque(context).takeUnretainedValue().inner.withLock { $0.insert(threads) }
          }, context, 5)
      }, Unmanaged.passUnretained(tally).toOpaque(), 4)
    #expect(tally.inner.withLock { $0 } == [1])
  }

  @Test("no threads and fewer mean one")
  func limits() {
    for (asked, given): (Int32, Int32) in [(9, 9), (1, 1), (0, 1), (-3, 1)] {
      let tally = Tally()
      Self.run(tally, threads: asked)
      #expect(tally.teams.withLock { $0 } == [given], "\(asked) threads")
    }
    #expect(pool_threads() >= 1)
  }

  @Test("threads that slept come back", .timeLimit(.minutes(1)))
  func sleepers() {
    let tally = Tally(work: 1000)
    for _ in 0..<20 {
      Thread.sleep(forTimeInterval: 0.005)
      Self.run(tally, threads: 5)
    }
    #expect(tally.hits.withLock { $0.values.allSatisfy { $0 == 20 } })
  }

  /// Threads late for long regions are left out; shares that wait for one another must get them back.
  @Test("long regions and meetings in turn, with more threads than cores", .timeLimit(.minutes(1)))
  func longAndShort() {
    let usual = pool_threads()
    pool_set_threads(7)
    defer { pool_set_threads(usual) }
    let tally = Tally(work: 300_000)
    for _ in 0..<20 {
      Self.run(tally, threads: 7)
      #expect(pool_fork_nanoseconds(2) > 0)
    }
    #expect(tally.hits.withLock { $0.values.allSatisfy { $0 == 20 } })
  }

  @Test("a meeting of all threads takes a time", .timeLimit(.minutes(1)))
  func fork() {
    #expect(pool_fork_nanoseconds(5) > 0)
    #expect(pool_fork_nanoseconds(-1) > 0)
  }
}
