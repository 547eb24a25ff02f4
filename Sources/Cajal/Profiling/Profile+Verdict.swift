/// Which limit of the machine a kernel runs against, and how much of it is reached.
public struct Verdict: Hashable, Sendable {
  /// What takes longest at the machine's best speed.
  public enum Bound: String, Sendable {
    /// Arithmetic.
    case flops
    /// Bytes read and written.
    case bytes
    /// Calling functions and starting threads.
    case overhead
  }

  /// The limit that is nearest.
  public let bound: Bound
  /// Shortest possible time / measured time. Above 1 where the data lies nearer than its size tells, or where the machine was
  /// busier when its limits were measured.
  public let fraction: Double
}

extension Profile.Kernel {
  /// The limit this kernel runs against: the longest of flops, bytes, and calls with forks at the machine's best speeds.
  ///
  /// A kernel that starts no threads is held against one thread's share of flops and of the caches' bytes. Nil where nothing was
  /// measured.
  public func verdict(on machine: MachineLimits) -> Verdict? {
    guard seconds > 0 else { return nil }
    let share = forks > 0 ? 1 : 1 / Double(max(machine.threads, 1))
    let arithmetic = flops / max(machine.flopsPerSecond * share, 1)
    let memory = machine.memories.first { bytes <= $0.capacity } ?? machine.memories.last
    let isShared = memory?.capacity == .max
    let moving = Double(bytes) / max((memory?.bytesPerSecond ?? 0) * (isShared ? 1 : share), 1)
    let overhead = Double(forks) * machine.forkSeconds + Double(calls) * machine.callSeconds
    let longest = max(arithmetic, moving, overhead)
    let bound: Verdict.Bound = longest == arithmetic ? .flops : longest == moving ? .bytes : .overhead
    return Verdict(bound: bound, fraction: longest / seconds)
  }
}
