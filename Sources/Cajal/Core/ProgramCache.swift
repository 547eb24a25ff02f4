import CajalCPU

/// The compiled programs of a model, one per signature; the least recently used goes first.
struct ProgramCache {
  /// What a program depends on.
  struct Signature: Hashable {
    enum Task: String, Hashable { case train, evaluate, predict }
    var task: Task
    var batch: Int
    var targets: [TensorType] = []
    var hasSampleWeights = false
    var classWeights: [Int: Float] = [:]
  }

  private static let most = 24
  private var entries: [Signature: (program: Program, lastUse: Int)] = [:]
  private var clock = 0
  /// How many programs were compiled in all, and how long that took, for tests and people.
  private(set) var compilations = 0
  private(set) var compileSeconds = 0.0

  mutating func program(_ signature: Signature, make: () throws -> Program) rethrows -> Program {
    clock += 1
    if let known = entries[signature] {
      entries[signature]?.lastUse = clock
      return known.program
    }
    let start = ContinuousClock.now
    let program = try make()
    program.noteTrace(since: start)
    compilations += 1
    compileSeconds += program.compileSeconds
    if entries.count >= Self.most, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
      entries[oldest.key] = nil
    }
    entries[signature] = (program, clock)
    return program
  }

  mutating func removeAll() { entries.removeAll() }
}
