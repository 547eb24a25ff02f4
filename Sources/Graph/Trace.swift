/// What is being built: where the build stands, and what went wrong so far.
///
/// A model's trace subclasses it with parameters, state and randomness. It lives on one task.
open class Trace {
  /// Path of the layer whose `forward` is running.
  public internal(set) var path = ""
  /// Misfits in the order they were found; the first one is what the person is told.
  public private(set) var errors: [CajalError] = []

  private(set) lazy var box = TraceBox(self)

  /// A trace that stands at the outermost layer and has no mistakes.
  public init() {}

  /// Keeps a misfit; building goes on with poisoned tensors.
  public func note(_ error: CajalError) { errors.append(error.noticed(by: path)) }

  /// Runs `body` one path component deeper.
  public func descend<Result>(into component: String, _ body: () throws -> Result) rethrows -> Result {
    let outer = path
    path = outer.isEmpty ? component : outer + "/" + component
    defer { path = outer }
    return try body()
  }
}
