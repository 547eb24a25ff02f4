import Foundation

/// Times a piece of work by the rules of the workloads: warm up, then the best of many samples.
struct Stopwatch {
  /// Seconds of timed samples.
  var budget = 3.0
  /// Whether the time of every kernel is shown first.
  var profiles = false

  struct Result {
    /// Milliseconds of the best sample, and of the middle one.
    var best: Double
    var median: Double
    var samples: Int
  }

  /// Warms up with 3 calls and half a second at least; a sample is one call, or the mean of a block of 20 ms.
  func time(_ work: (_ times: Int) throws -> Void) throws -> Result {
    let warm = ContinuousClock.now
    var calls = 0
    while calls < 3 || seconds(since: warm) < 0.5 {
      try work(1)
      calls += 1
    }
    var start = ContinuousClock.now
    try work(1)
    let once = max(seconds(since: start), 1e-9)
    let block = max(1, Int((0.02 / once).rounded(.up)))
    var samples: [Double] = []
    let begin = ContinuousClock.now
    while samples.count < 5 || seconds(since: begin) < budget {
      start = ContinuousClock.now
      try work(block)
      samples.append(seconds(since: start) / Double(block) * 1e3)
      if samples.count >= 5, seconds(since: begin) > 25 { break }
    }
    samples.sort()
    return Result(best: samples[0], median: samples[samples.count / 2], samples: samples.count)
  }

  private func seconds(since start: ContinuousClock.Instant) -> Double {
    let elapsed = ContinuousClock.now - start
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
  }
}
