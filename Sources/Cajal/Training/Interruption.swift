import Synchronization

/// A wish to stop that training looks at between steps: set by the command line on Ctrl-C.
public enum Interruption {
  private static let flag = Atomic<Bool>(false)

  /// Asks running training to stop after its current step.
  public static func request() { flag.store(true, ordering: .relaxed) }

  /// Takes the wish back.
  public static func clear() { flag.store(false, ordering: .relaxed) }

  /// Whether somebody has asked to stop.
  public static var isRequested: Bool { flag.load(ordering: .relaxed) }
}
