import CajalCPU

/// How many programs were compiled, and how long that took.
///
/// Programs that come again and again are a mistake worth finding: a batch size or a graph that changes with every step.
/// Example: `print(Compilations.ofThisProcess.count)`
public struct Compilations: Hashable, Sendable {
  /// Programs compiled so far.
  public let count: Int
  /// Seconds spent on them.
  public let seconds: Double

  /// Of all programs of this process: those of models, of compiled steps, and of tensors that are computed when somebody looks.
  public static var ofThisProcess: Compilations {
    let totals = CompilationTotals.now
    return Compilations(count: totals.count, seconds: totals.seconds)
  }
}

extension Model {
  /// Programs of this model: one for each task, batch size and kind of targets, and one more when one is made again.
  public var compilations: Compilations {
    lock.withLock { Compilations(count: programs.compilations, seconds: programs.compileSeconds) }
  }
}
