import CajalCPU
import CajalTerminal

/// What this machine can do at best with the threads in use, measured: the limits that kernels are held against.
///
/// Example: `print(try MachineLimits.measured())`
public struct MachineLimits: Sendable, CustomStringConvertible {
  /// A level of the memory.
  public struct Memory: Hashable, Sendable {
    /// `L2`, `L3` or `memory`.
    public let name: String
    /// Bytes that fit; without limit for the memory itself.
    public let capacity: Int
    /// Bytes read and written in a second by a copy.
    public let bytesPerSecond: Double
  }

  /// Threads of a parallel kernel.
  public let threads: Int
  /// Operations in a second of a product of matrices of 1024 x 1024 float32.
  public let flopsPerSecond: Double
  /// Speeds of a copy, from the quickest level to the memory.
  public let memories: [Memory]
  /// Seconds to start all threads on nothing and to wait for them, the median.
  public let forkSeconds: Double
  /// Seconds of one call of a kernel that does nothing.
  public let callSeconds: Double

  /// The limits, measured at the first use in about 0.3 seconds and kept. Measure while the machine is quiet.
  ///
  /// Errors: `.missing` where oneDNN is not there.
  public static func measured() throws -> MachineLimits { MachineLimits(try Machine.measured.get()) }

  /// Seconds of one fork and join now, the median of 300; far above 10 µs means that other programs keep the cores busy.
  ///
  /// Errors: `.missing` where oneDNN is not there.
  public static func forkSecondsNow() throws -> Double { try Machine.forkCost() }

  /// The major and minor version of the oneDNN that computes: `3.2`.
  ///
  /// Errors: `.missing` where oneDNN is not there.
  public static func libraryVersion() throws -> String { try Machine.libraryVersion() }

  /// Limits from elsewhere, such as the data sheet of another machine.
  public init(
    threads: Int, flopsPerSecond: Double, memories: [Memory], forkSeconds: Double, callSeconds: Double
  ) {
    self.threads = threads
    self.flopsPerSecond = flopsPerSecond
    self.memories = memories
    self.forkSeconds = forkSeconds
    self.callSeconds = callSeconds
  }

  private init(_ machine: Machine) {
    self.init(
      threads: machine.threads, flopsPerSecond: machine.flopsPerSecond,
      memories: machine.memories.map {
        Memory(name: $0.name, capacity: $0.capacity, bytesPerSecond: $0.bytesPerSecond)
      }, forkSeconds: machine.forkSeconds, callSeconds: machine.callSeconds)
  }

  /// One line for people.
  public var description: String {
    let copies = memories.map { memory in
      let size = memory.capacity == .max ? "" : " (\(Format.bytes(memory.capacity)))"
      return "\(Format.fixed(memory.bytesPerSecond / 1e9, digits: 0)) GB/s in \(memory.name)\(size)"
    }
    return "\(Format.count(threads, "thread")): \(Format.fixed(flopsPerSecond / 1e9, digits: 0)) GF/s, copies "
      + "\(copies.joined(separator: ", ")), fork and join \(Format.fixed(forkSeconds * 1e6, digits: 1)) µs"
  }
}

extension MachineLimits.Memory {
  /// A level with its size in bytes and the speed of copies inside it.
  public init(_ name: String, capacity: Int, bytesPerSecond: Double) {
    self.init(name: name, capacity: capacity, bytesPerSecond: bytesPerSecond)
  }
}
