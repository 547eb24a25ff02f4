// A kernel of a program: C functions with their arguments, and where the addresses of operands go.
import COneDNN
import CajalCompiler
import CajalGraph
import VectorKernels

typealias Slot = UnsafeMutablePointer<UnsafeMutableRawPointer?>

/// What a kernel is for, as people count kernels.
package enum KernelKind: String, CaseIterable, Sendable {
  /// Matrix products and convolutions, with their gradients.
  case product
  /// Elementwise work and reductions, fused.
  case map
  /// From one layout to another.
  case conversion
  case other
}

/// What one instruction became. Operands are the instruction's inputs, then its outputs; `scratch` comes beside them.
final class Kernel {
  let label: String
  /// What runs it, for profiles: `brgemm:avx512_core`, `map`, `copy`.
  var implementation: String
  private(set) var steps: [vk_step] = []
  /// Where each operand's address goes, some bytes further on where a kernel starts inside it.
  private(set) var slots: [Int: [(slot: Slot, offset: Int)]] = [:]
  private(set) var scratchSlots: [(slot: Slot, offset: Int)] = []
  private(set) var keptSlots: [(slot: Slot, offset: Int)] = []
  /// Run only when a variable has changed: they rearrange operands that depend on variables alone.
  private(set) var preparationSteps: [vk_step] = []
  var needs = KernelNeeds()
  var flops = 0.0
  var kind = KernelKind.other
  /// Steps that convert between layouts on the kernel's own account.
  private(set) var conversionSteps: Set<Int> = []
  /// Steps that are primitives of oneDNN, which decides by itself whether to start threads.
  var primitives = 0
  /// How often one run may enter the thread pool.
  var forks = 0
  /// Functions called inside its own, by loops over time.
  var innerCalls = 0
  private var owned: [() -> Void] = []
  private var errorChecks: [() -> CajalError?] = []

  init(_ label: String, implementation: String) {
    self.label = label
    self.implementation = implementation
  }

  deinit { for release in owned.reversed() { release() } }

  func own(_ release: @escaping () -> Void) { owned.append(release) }

  /// Adds a C kernel with a copy of its arguments, which stay where they are.
  func add<Arguments>(
    _ run: @escaping @convention(c) (UnsafeMutableRawPointer?) -> Void, _ arguments: Arguments,
    _ operands: [(operand: Int, field: PartialKeyPath<Arguments>)]
  ) -> UnsafeMutablePointer<Arguments> {
    let memory = make(arguments)
    steps.append(vk_step(run: run, args: UnsafeMutableRawPointer(memory)))
    for (operand, field) in operands { attach(operand, slot(memory, field)) }
    return memory
  }

  /// A copy of arguments that stays where it is.
  func make<Arguments>(_ arguments: Arguments) -> UnsafeMutablePointer<Arguments> {
    let memory = UnsafeMutablePointer<Arguments>.allocate(capacity: 1)
    memory.initialize(to: arguments)
    own { memory.deallocate() }
    return memory
  }

  /// What a step is for.
  enum Purpose {
    /// The kernel's own work.
    case work
    /// A conversion between layouts, in every run.
    case conversion
    /// Work for when a variable has changed.
    case preparation
  }

  /// Adds a C kernel whose arguments somebody else made.
  func add(
    _ run: @escaping @convention(c) (UnsafeMutableRawPointer?) -> Void, prepared: UnsafeMutableRawPointer,
    for purpose: Purpose = .work
  ) {
    let step = vk_step(run: run, args: prepared)
    guard purpose != .preparation else { return preparationSteps.append(step) }
    if purpose == .conversion { conversionSteps.insert(steps.count) }
    steps.append(step)
  }

  /// The operand's address is to be written there.
  func attach(_ operand: Int, _ slot: Slot, offset: Int = 0) { slots[operand, default: []].append((slot, offset)) }

  /// Working memory from `offset` on is to be written there.
  func attachScratch(_ slot: Slot, offset: Int) { scratchSlots.append((slot, offset)) }

  /// Memory kept between runs, from `offset` on, is to be written there.
  func attachKept(_ slot: Slot, offset: Int) { keptSlots.append((slot, offset)) }

  /// Reserves memory that is kept between runs, aligned; returns its offset.
  func keep(bytes: Int) -> Int {
    let offset = (needs.kept + 63) / 64 * 64
    needs.kept = offset + bytes
    return offset
  }

  /// Reserves working memory, aligned; returns its offset.
  func reserve(bytes: Int) -> Int {
    let offset = (needs.scratch + 63) / 64 * 64
    needs.scratch = offset + bytes
    return offset
  }

  func slot<Arguments>(_ memory: UnsafeMutablePointer<Arguments>, _ field: PartialKeyPath<Arguments>) -> Slot {
    guard let offset = MemoryLayout<Arguments>.offset(of: field) else {
      misuse("Kernel \(label): expected a stored field, but \(field) has no place in memory.")
    }
    return (UnsafeMutableRawPointer(memory) + offset).assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
  }

  /// Looked at after the program has run.
  func check(_ body: @escaping () -> CajalError?) { errorChecks.append(body) }
  var canFail: Bool { !errorChecks.isEmpty }

  /// The first error since the last look; looking clears all of them, and asks each once.
  func firstError() -> CajalError? {
    var first: CajalError?
    for check in errorChecks {
      let error = check()
      first = first ?? error
    }
    return first
  }
}
