import Foundation

/// A step of the compiler: rewrites code into code that means the same.
package protocol Pass {
  /// The name by which it is switched off: `CAJAL_PASSES_OFF=fuse-elementwise,layouts`.
  static var name: String { get }
  func run(_ code: inout Code) throws
  /// What runs where the pass is switched off: nothing, unless the code needs some form of it.
  var substitute: (any Pass)? { get }
}

extension Pass {
  package var substitute: (any Pass)? { nil }
}

/// Which passes run.
package struct PassSettings: Hashable, Sendable {
  package var off: Set<String>

  package init(off: Set<String> = []) { self.off = off }

  /// From `CAJAL_PASSES_OFF`, a list of names or `all`.
  package static let fromEnvironment = PassSettings(
    off: Set((ProcessInfo.processInfo.environment["CAJAL_PASSES_OFF"] ?? "").split(separator: ",").map(String.init)))

  package func allows(_ name: String) -> Bool { !off.contains(name) && !off.contains("all") }
}

extension Code {
  /// Runs a pass, or its substitute where it is switched off.
  package mutating func apply(_ pass: some Pass, _ settings: PassSettings) throws {
    if settings.allows(Swift.type(of: pass).name) {
      try pass.run(&self)
    } else {
      try pass.substitute?.run(&self)
    }
    #if DEBUG
      try verify(after: Swift.type(of: pass).name)
    #endif
  }
}
