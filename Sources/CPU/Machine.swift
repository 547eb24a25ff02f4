// What this machine can do, measured: the limits that kernels are held against.
import CajalCompiler
import CajalGraph
import Foundation
import ThreadPool
import VectorKernels

/// The speeds that no kernel can pass, with the threads in use.
package struct Machine: Sendable {
  /// A copy whose arrays fit into so many bytes moves so many bytes in a second, read and written.
  package struct Memory: Sendable {
    package var name: String
    package var capacity: Int
    package var bytesPerSecond: Double
  }

  package var threads: Int
  package var flopsPerSecond: Double
  /// From the quickest to the slowest, whose capacity is without limit.
  package var memories: [Memory]
  /// One entry into the thread pool and back.
  package var forkSeconds: Double
  /// One call of a kernel that does nothing, with the reading of the clock.
  package var callSeconds: Double

  /// Measured at the first use, in about 0.3 seconds.
  package static let measured: Result<Machine, CajalError> = Result { try measure() }.mapError {
    $0 as? CajalError ?? CajalError(.system, "machine", expected: "to be measured", given: "\($0)")
  }

  /// Which oneDNN computes: `3.2`.
  package static func libraryVersion() throws -> String {
    let functions = try Library.loaded().functions
    return "\(functions.major).\(functions.minor)"
  }

  /// Median cost of a region in which all threads meet, now.
  package static func forkCost() throws -> Double {
    _ = try Library.loaded()
    return Double(pool_fork_nanoseconds(300)) * 1e-9
  }

  private static func measure() throws -> Machine {
    let library = try Library.loaded()
    return Machine(
      threads: library.threads, flopsPerSecond: try product(), memories: memories(library.threads),
      forkSeconds: try forkCost(), callSeconds: call())
  }

  /// The best of many samples within so many seconds.
  private static func best(within budget: Double, _ work: () throws -> Void) rethrows -> Double {
    try work()
    let begin = ContinuousClock.now
    var best = Double.infinity
    repeat {
      let start = ContinuousClock.now
      try work()
      best = min(best, (ContinuousClock.now - start).seconds)
    } while (ContinuousClock.now - begin).seconds < budget
    return max(best, 1e-9)
  }

  /// A product of matrices of 1024 x 1024, compiled as every other.
  private static func product() throws -> Double {
    let size = 1024
    let type = TensorType([size, size], .float32)
    let factors = [0, 1].map { Tensor.placeholder("factor \($0)", type, trace: nil) }
    let program = try Program(Request(inputs: factors, outputs: [factors[0].matmul(factors[1])]))
    let arrays = (0..<3).map { _ in Storage(.float32, count: size * size) }
    for array in arrays { array.withMutableBytes { _ = $0.initializeMemory(as: Float.self, repeating: 1) } }
    return try withExtendedLifetime(arrays) {
      program.prepare(inputs: arrays[..<2].map(\.pointer), outputs: [arrays[2].pointer])
      return 2 * Double(size * size * size) / (try best(within: 0.1) { try program.step() })
    }
  }

  /// Copies in the caches that the system names, and in memory.
  private static func memories(_ threads: Int) -> [Memory] {
    let (second, third) = (cacheBytes(level: 2), cacheBytes(level: 3))
    var memories: [Memory] = []
    if second > 0 {
      let speed = copy(each: second / 4, threads: threads, within: 0.02)
      memories.append(Memory(name: "L2", capacity: second * threads, bytesPerSecond: speed))
    }
    if third > second * threads {
      let speed = copy(each: min(third, 128 << 20) / 4 / threads, threads: threads, within: 0.03)
      memories.append(Memory(name: "L3", capacity: third, bytesPerSecond: speed))
    }
    let large = copy(each: max(64 << 20, min(2 * third, 256 << 20)) / 2 / threads, threads: threads, within: 0.06)
    // A virtual machine may name a cache that it does not have, or shares with others.
    return memories.filter { $0.bytesPerSecond > 1.2 * large }
      + [Memory(name: "memory", capacity: .max, bytesPerSecond: large)]
  }

  /// What the system says of the first core's cache; 0 where it says nothing.
  private static func cacheBytes(level: Int) -> Int {
    let path = "/sys/devices/system/cpu/cpu0/cache/index\(level)/size"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    guard let number = Int(text.prefix { $0.isNumber }) else { return 0 }
    return number << (text.contains("M") ? 20 : text.contains("K") ? 10 : 0)
  }

  private struct Copy {
    var source: UnsafeMutableRawPointer
    var target: UnsafeMutableRawPointer
    var bytes: Int
    var repeats: Int
  }

  /// Bytes a second, read and written, of every thread copying `each` bytes of its own.
  private static func copy(each: Int, threads: Int, within budget: Double) -> Double {
    let bytes = max(each, 4096) / 4096 * 4096
    let arrays = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * bytes * threads, alignment: 4096)
    defer { arrays.deallocate() }
    guard let source = arrays.initializeMemory(as: UInt8.self, repeating: 1).baseAddress else { return 0 }
    // Enough of them that entering the pool does not count.
    let repeats = max(1, (4 << 20) / bytes)
    var copy = Copy(
      source: UnsafeMutableRawPointer(source), target: UnsafeMutableRawPointer(source) + bytes * threads, bytes: bytes,
      repeats: repeats)
    let seconds = best(within: budget) {
      withUnsafeMutablePointer(to: &copy) { copy in
        pool_run(
          { context, thread, _ in
            guard let copy = context?.assumingMemoryBound(to: Copy.self).pointee else { return }
            for _ in 0..<copy.repeats {
              memcpy(copy.target + Int(thread) * copy.bytes, copy.source + Int(thread) * copy.bytes, copy.bytes)
            }
          }, copy, Int32(threads))
      }
    }
    return 2 * Double(bytes * threads * repeats) / seconds
  }

  private static func call() -> Double {
    let steps = [vk_step](repeating: vk_step(run: { _ in }, args: nil), count: 1000)
    var nanoseconds = [UInt64](repeating: 0, count: steps.count)
    vk_execute_profiled(steps, steps.count, &nanoseconds)
    return Double(nanoseconds.sorted()[steps.count / 2]) * 1e-9
  }
}
