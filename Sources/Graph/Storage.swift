// Memory behind tensors and variables: aligned, never resized, large blocks kept for reuse.
import Foundation
import Synchronization

/// A block of memory with the elements of one tensor in row-major order (or in a variable's layout).
///
/// Written only while it is being made; shared freely afterwards.
public final class Storage: @unchecked Sendable {  // the pointer is written before it is shared, read-only after
  /// Type of one element.
  public let dtype: DType
  /// Number of elements.
  public let count: Int
  package let pointer: UnsafeMutableRawPointer
  private let owner: Owner

  private enum Owner {
    case blocks
    case other(AnyObject)
  }

  /// Uninitialized memory for `count` elements, aligned to 64 bytes.
  public init(_ dtype: DType, count: Int) {
    self.dtype = dtype
    self.count = count
    self.pointer = BlockPool.shared.take(bytes: max(count * dtype.byteCount, 1))
    self.owner = .blocks
  }

  /// Memory that somebody else owns and keeps alive as long as `owner` lives.
  package init(_ dtype: DType, count: Int, pointer: UnsafeMutableRawPointer, owner: AnyObject) {
    self.dtype = dtype
    self.count = count
    self.pointer = pointer
    self.owner = .other(owner)
  }

  /// A copy of Swift numbers.
  public convenience init<Scalar: TensorScalar>(_ scalars: [Scalar]) {
    self.init(Scalar.dtype, count: scalars.count)
    scalars.withUnsafeBytes { if let base = $0.baseAddress { pointer.copyMemory(from: base, byteCount: $0.count) } }
  }

  /// One number in all places.
  public convenience init<Scalar: TensorScalar>(repeating scalar: Scalar, count: Int) {
    self.init(Scalar.dtype, count: count)
    pointer.initializeMemory(as: Scalar.self, repeating: scalar, count: count)
  }

  deinit {
    if case .blocks = owner { BlockPool.shared.giveBack(pointer, bytes: max(byteCount, 1)) }
  }

  /// Bytes of all elements.
  public var byteCount: Int { count * dtype.byteCount }

  /// The bytes, for reading.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try body(UnsafeRawBufferPointer(start: pointer, count: byteCount))
  }

  /// The bytes, for filling a block just made and not yet shared.
  public func withMutableBytes<Result>(_ body: (UnsafeMutableRawBufferPointer) throws -> Result) rethrows -> Result {
    try body(UnsafeMutableRawBufferPointer(start: pointer, count: byteCount))
  }

  /// The elements as Swift numbers; the type must be the storage's own.
  public func scalars<Scalar: TensorScalar>(as type: Scalar.Type = Scalar.self) -> [Scalar] {
    assertUse(
      Scalar.dtype == dtype, "Storage: expected \(dtype.rawValue), but \(Scalar.dtype.rawValue) was asked for.")
    let typed = UnsafeBufferPointer(start: pointer.assumingMemoryBound(to: Scalar.self), count: count)
    return [Scalar](typed)
  }
}

/// Blocks of a mebibyte and more are kept when freed, because fresh pages cost more than most kernels.
final class BlockPool: Sendable {
  static let shared = BlockPool()
  private static let large = 1 << 20
  private static let page = 2 << 20
  private static let mostKept = 1 << 30

  private struct Kept {
    var blocks: [Int: [UnsafeMutableRawPointer]] = [:]
    var bytes = 0
  }
  private let kept = Mutex<KeptBox>(KeptBox())
  private struct KeptBox: @unchecked Sendable { var value = Kept() }  // pointers are reached under the lock only

  func take(bytes: Int) -> UnsafeMutableRawPointer {
    guard bytes >= Self.large else { return Self.allocate(bytes, alignment: 64) }
    let size = Self.rounded(bytes)
    let reused = kept.withLock { box -> UnsafeMutableRawPointer? in
      guard let block = box.value.blocks[size]?.popLast() else { return nil }
      box.value.bytes -= size
      return block
    }
    if let reused { return reused }
    let block = Self.allocate(size, alignment: size >= Self.page ? Self.page : 4096)
    #if os(Linux)
      if size >= Self.page { madvise(block, size, 14) }  // MADV_HUGEPAGE
    #endif
    return block
  }

  func giveBack(_ pointer: UnsafeMutableRawPointer, bytes: Int) {
    guard bytes >= Self.large else { return free(pointer) }
    let size = Self.rounded(bytes)
    let keep = kept.withLock { box -> Bool in
      guard box.value.bytes + size <= Self.mostKept else { return false }
      box.value.blocks[size, default: []].append(pointer)
      box.value.bytes += size
      return true
    }
    if !keep { free(pointer) }
  }

  private static func rounded(_ bytes: Int) -> Int {
    let grain = bytes >= page ? page : 4096
    return (bytes + grain - 1) / grain * grain
  }

  private static func allocate(_ bytes: Int, alignment: Int) -> UnsafeMutableRawPointer {
    var pointer: UnsafeMutableRawPointer?
    let status = posix_memalign(&pointer, alignment, bytes)
    guard status == 0, let pointer else {
      misuse(
        "Storage: expected \(bytes) bytes of memory, but the system has no more. Use a smaller batch.")
    }
    return pointer
  }
}
