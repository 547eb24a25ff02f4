// A compiled program: kernels bound to memory, run as one flat list.
import CajalCompiler
import CajalGraph
import VectorKernels

/// A graph compiled for the processor. It runs on one thread at a time; whoever owns it sees to that.
package final class Program: @unchecked Sendable {  // run under the owner's lock; nothing else changes
  package let code: Code
  package let isTraining: Bool
  let kernels: [Kernel]
  let plan: MemoryPlan
  private(set) var steps: [vk_step] = []
  /// Run when a variable has changed since the last time: what depends on variables alone.
  private var preparationSteps: [vk_step] = []
  package let preparation: Int
  private var preparedVersion = -1
  private var kept: Storage?
  /// For each step the instruction it belongs to.
  private(set) var owners: [Int] = []
  private(set) var inputSlots: [[(slot: Slot, offset: Int)]]
  private(set) var outputSlots: [[(slot: Slot, offset: Int)]]
  private var boundInputs: [UnsafeMutableRawPointer?]
  private var boundOutputs: [UnsafeMutableRawPointer?]
  private var boundArena: UnsafeMutableRawPointer?
  private let arena: Arena
  /// Kernels that can fail: those before the guards are looked at, and the others.
  private let failing: (early: [Kernel], late: [Kernel])
  private var guards: [GuardCell] = []
  /// Steps before the guards are looked at; 0 where there are none.
  private var guardedSteps = 0
  let extra: Kernel
  /// From the graph to bound kernels, and what came before if `noteTrace` was told.
  package private(set) var compileSeconds: Double
  /// What each pass of the compiler did, in order.
  package private(set) var passes: [PassReport]

  /// - Parameter adjust: A look at the code before any pass, and a change of it.
  package init(
    _ request: Request, arena: Arena = Arena(), settings: PassSettings = .fromEnvironment,
    adjust: (inout Code) throws -> Void = { _ in }
  ) throws {
    let library = try Library.loaded()
    let start = ContinuousClock.now
    var imported = try Code(request, backend: Processor(settings))
    try adjust(&imported)
    let (code, preparation, passes) = try Compilation.code(
      imported, seconds: (ContinuousClock.now - start).seconds, request, library: library, settings: settings)
    self.passes = passes
    let lowering = ContinuousClock.now
    self.code = code
    self.preparation = preparation
    isTraining = request.isTraining
    self.arena = arena
    let kernels = try Compilation.kernels(
      code, preparation: preparation, isTraining: request.isTraining, library, settings)
    self.kernels = kernels
    let planning = ContinuousClock.now
    plan = MemoryPlan(code, needs: kernels.map(\.needs), preparation: preparation, reuses: settings.allows(.memory))
    failing = (
      kernels[..<code.guardEnd].filter(\.canFail), kernels[code.guardEnd...].filter(\.canFail)
    )
    inputSlots = Array(repeating: [], count: code.inputs.count)
    outputSlots = Array(repeating: [], count: code.outputs.count)
    boundInputs = Array(repeating: nil, count: code.inputs.count)
    boundOutputs = Array(repeating: nil, count: code.outputs.count)
    extra = Kernel("hand over", implementation: "copy")
    for variable in plan.variables { variable.isBound = true }
    arena.reserve(plan.arenaBytes)
    kept = plan.keptBytes > 0 ? Storage(.uint8, count: plan.keptBytes) : nil
    compileSeconds = 0
    try handOver(library)
    preparationSteps = kernels[..<preparation].flatMap(\.steps) + kernels.flatMap(\.preparationSteps)
    for (index, kernel) in kernels.enumerated().dropFirst(preparation) {
      steps += kernel.steps
      owners += kernel.steps.map { _ in index }
    }
    if code.guardEnd > 0 {
      guardedSteps = kernels[..<code.guardEnd].reduce(0) { $0 + $1.steps.count }
      guards = code.guards.map { GuardCell(isDouble: code.type(code.value($0)).dtype == .float64, owner: extra) }
    }
    steps += extra.steps
    owners += extra.steps.map { _ in -1 }
    let end = ContinuousClock.now
    note("lower", (planning - lowering).seconds)
    note("memory", (end - planning).seconds)
    compileSeconds = (end - start).seconds
    CompilationTotals.add(count: 1, seconds: compileSeconds)
    dumpIfWanted()
  }

  // MARK: - Binding

  /// Copies for results that could not be made where they belong: first the caller's, then the variables'.
  private func handOver(_ library: Library) throws {
    func copy(_ value: Int, to target: Place) throws {
      let type = code.type(value)
      guard let source = plan.places[value], type.byteCount > 0 else { return }
      var description = vk_copy_description()
      description.rank = 1
      description.element_size = 1
      description.shape.0 = Int64(type.byteCount)
      description.source_strides.0 = 1
      description.target_strides.0 = 1
      guard let copy = vk_copy_create(&description) else { return }
      extra.own { vk_copy_destroy(copy) }
      copy.pointee.threads = 1
      extra.add(vk_copy_run, prepared: UnsafeMutableRawPointer(copy))
      handedOverBytes += type.byteCount
      handOvers.append((source, extra.slot(copy, \.source)))
      handOvers.append((target, extra.slot(copy, \.target)))
    }
    for (index, value) in code.outputs.enumerated() where plan.places[value] != .output(index) {
      try copy(value, to: .output(index))
    }
    for update in code.updates {
      guard let variable = plan.variables.firstIndex(where: { $0 === update.variable }) else { continue }
      if plan.places[update.value] != .variable(variable) { try copy(update.value, to: .variable(variable)) }
    }
  }
  private var handOvers: [(Place, Slot)] = []
  private(set) var handedOverBytes = 0

  /// Writes the addresses of everything inside into the kernels' arguments.
  func bind() {
    guard let base = arena.base else { return }
    boundArena = base
    inputSlots = inputSlots.map { _ in [] }
    outputSlots = outputSlots.map { _ in [] }
    boundInputs = boundInputs.map { _ in nil }
    boundOutputs = boundOutputs.map { _ in nil }
    func write(_ place: Place, _ slot: Slot, offset: Int = 0) {
      switch place {
      case .arena(let start): slot.pointee = base + start + offset
      case .kept(let start): slot.pointee = kept.map { $0.pointer + start + offset }
      case .variable(let index): slot.pointee = plan.variables[index].storage.pointer + offset
      case .constant(let index): slot.pointee = plan.constants[index].pointer + offset
      case .input(let index): inputSlots[index].append((slot, offset))
      case .output(let index): outputSlots[index].append((slot, offset))
      }
    }
    for (index, kernel) in kernels.enumerated() {
      let instruction = code.instructions[index]
      let operands = instruction.inputs + instruction.outputs
      for (operand, slots) in kernel.slots {
        guard let place = plan.places[operands[operand]] else { continue }
        for (slot, offset) in slots { write(place, slot, offset: offset) }
      }
      if let scratch = plan.scratch[index] {
        for (slot, offset) in kernel.scratchSlots { write(scratch, slot, offset: offset) }
      }
      if let kept = plan.kept[index] {
        for (slot, offset) in kernel.keptSlots { write(kept, slot, offset: offset) }
      }
    }
    for (place, slot) in handOvers { write(place, slot) }
    for (guarded, cell) in zip(code.guards, guards) {
      if let place = plan.places[code.value(guarded)] { write(place, cell.slot) }
    }
  }

  /// Where the arena lies since `bind`.
  var arenaBase: UnsafeMutableRawPointer? { boundArena }

  // MARK: - Running

  /// Runs once: reads the inputs, fills the outputs, changes the variables.
  package func run(_ inputs: [Storage], into outputs: [Storage]) throws {
    try withExtendedLifetime((inputs, outputs)) {
      try run(inputs: inputs.map(\.pointer), outputs: outputs.map(\.pointer))
    }
  }

  /// The same with addresses, whose memory the caller keeps alive until the run is over.
  package func run(inputs: [UnsafeMutableRawPointer], outputs: [UnsafeMutableRawPointer]) throws {
    prepare(inputs: inputs, outputs: outputs)
    try step()
  }

  /// Binds the caller's memory; it stays bound until it changes.
  package func prepare(inputs: [UnsafeMutableRawPointer], outputs: [UnsafeMutableRawPointer]) {
    if boundArena == nil || boundArena != arena.base { bind() }
    for (index, pointer) in inputs.enumerated() where boundInputs[index] != pointer {
      for (slot, offset) in inputSlots[index] { slot.pointee = pointer + offset }
      boundInputs[index] = pointer
    }
    for (index, pointer) in outputs.enumerated() where boundOutputs[index] != pointer {
      for (slot, offset) in outputSlots[index] { slot.pointee = pointer + offset }
      boundOutputs[index] = pointer
    }
    guard !preparationSteps.isEmpty else { return }
    let version = plan.variables.reduce(0) { $0 &+ $1.version }
    if version != preparedVersion {
      preparationSteps.withUnsafeBufferPointer { vk_execute($0.baseAddress, $0.count) }
      preparedVersion = version
    }
  }

  /// One pass over the list, on memory that `prepare` has bound.
  ///
  /// Errors: indices outside; `NonFiniteGuard` where a loss is no number, and then no parameter has changed.
  package func step() throws {
    if guardedSteps > 0 { try runGuarded() }
    steps.withUnsafeBufferPointer { steps in
      guard let base = steps.baseAddress else { return }
      vk_execute(base + guardedSteps, steps.count - guardedSteps)
    }
    if !failing.late.isEmpty { try throwFirstError(failing.late) }
  }

  /// The front of the list, up to what must be finite.
  private func runGuarded() throws {
    steps.withUnsafeBufferPointer { vk_execute($0.baseAddress, guardedSteps) }
    if !failing.early.isEmpty { try throwFirstError(failing.early) }
    for (index, cell) in guards.enumerated() where !cell.isFinite {
      throw NonFiniteGuard(index: index, value: cell.value)
    }
  }

  private func throwFirstError(_ failing: [Kernel]) throws {
    var first: CajalError?
    for kernel in failing {
      let error = kernel.firstError()
      first = first ?? error
    }
    if let first { throw first }
  }

  /// Tells the variables that they have changed; once after a run of steps.
  package func noteChanges() { for update in code.updates { update.variable.noteChange() } }

  /// One pass; returns the seconds of every step.
  func profiledStep() throws -> [Double] {
    var nanoseconds = [UInt64](repeating: 0, count: steps.count)
    vk_execute_profiled(steps, steps.count, &nanoseconds)
    try throwFirstError(failing.early + failing.late)
    return nanoseconds.map { Double($0) * 1e-9 }
  }

  /// The graph was made for this program alone, from that moment on.
  package func noteTrace(since start: ContinuousClock.Instant) {
    let seconds = max((ContinuousClock.now - start).seconds - compileSeconds, 0)
    passes.insert(PassReport(name: "trace", before: 0, after: 0, note: "the graph", seconds: seconds), at: 0)
    compileSeconds += seconds
    CompilationTotals.add(count: 0, seconds: seconds)
  }

  /// A stage of compiling after the passes.
  private func note(_ name: String, _ seconds: Double) {
    let count = code.instructions.count
    var report = PassReport(name: name, before: count, after: count, seconds: seconds)
    if name == "memory" {
      report.note = "\(plan.unsharedBytes) bytes of values in \(plan.arenaBytes)"
    } else {
      let inside = kernels.reduce(0) { $0 + $1.conversionSteps.count }
      report.after = kernels.count { !$0.steps.isEmpty }
      report.note = "\(kernels.reduce(0) { $0 + $1.primitives }) primitives, \(inside) conversions inside kernels"
    }
    passes.append(report)
  }
}

/// A guarded result is not finite: the step ended before any parameter changed.
package struct NonFiniteGuard: Error {
  /// Which of the request's guards.
  package let index: Int
  package let value: Double
}

/// Where a guarded number lies once a program is bound.
private struct GuardCell {
  let slot: Slot
  private let isDouble: Bool

  init(isDouble: Bool, owner: Kernel) {
    self.isDouble = isDouble
    let slot = Slot.allocate(capacity: 1)
    slot.initialize(to: nil)
    owner.own { slot.deallocate() }
    self.slot = slot
  }

  var value: Double {
    guard let place = slot.pointee else { return 0 }
    return isDouble ? place.load(as: Double.self) : Double(place.load(as: Float.self))
  }
  var isFinite: Bool { value.isFinite }
}

/// Working memory shared by the programs of one model, which never run at the same time.
package final class Arena: @unchecked Sendable {  // grown only while programs are made, under the owner's lock
  private var storage: Storage?
  package init() {}

  package var base: UnsafeMutableRawPointer? { storage?.pointer }
  package var byteCount: Int { storage?.byteCount ?? 0 }

  /// Makes sure that so many bytes are there; programs bind again when it moves.
  func reserve(_ bytes: Int) {
    guard storage == nil || byteCount < bytes else { return }
    storage = Storage(.uint8, count: max(bytes, 64))
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
