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

/// What one pass did to a program, in numbers.
package struct PassReport: Sendable {
  package var name: String
  /// Instructions before and after.
  package var before: Int
  package var after: Int
  /// Operations by name that there were more of before, and those that there are more of now.
  package var removed: [String: Int] = [:]
  package var made: [String: Int] = [:]
  /// What else there is to say, for people.
  package var note = ""
  package var seconds: Double

  package init(name: String, before: Int, after: Int, note: String = "", seconds: Double) {
    self.name = name
    self.before = before
    self.after = after
    self.note = note
    self.seconds = seconds
  }
}

/// Runs passes over a program and keeps what each of them did.
package struct PassLog {
  package private(set) var reports: [PassReport] = []
  private var counts: [String: Int]

  /// Begins with the program as it was imported, which took so many seconds.
  package init(imported code: Code, seconds: Double) {
    counts = code.operationCounts()
    var report = PassReport(name: "import", before: 0, after: code.instructions.count, seconds: seconds)
    report.made = counts
    reports = [report]
  }

  /// Runs a pass, or its substitute where it is switched off.
  package mutating func apply(_ pass: some Pass, to code: inout Code, _ settings: PassSettings = PassSettings()) throws
  {
    guard settings.allows(Swift.type(of: pass).name) || pass.substitute != nil else { return }
    try run(Swift.type(of: pass).name, &code) { try $0.apply(pass, settings) }
  }

  /// Runs work on the program under a name.
  package mutating func run<Result>(
    _ name: String, _ code: inout Code, _ work: (inout Code) throws -> Result
  ) rethrows -> Result {
    let (start, before) = (ContinuousClock.now, code.instructions.count)
    let result = try work(&code)
    let elapsed = (ContinuousClock.now - start).components
    var report = PassReport(
      name: name, before: before, after: code.instructions.count,
      seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
    let counts = code.operationCounts()
    for (name, count) in self.counts where counts[name, default: 0] < count {
      report.removed[name] = count - counts[name, default: 0]
    }
    for (name, count) in counts where self.counts[name, default: 0] < count {
      report.made[name] = count - self.counts[name, default: 0]
    }
    self.counts = counts
    reports.append(report)
    return result
  }
}

extension Code {
  /// How many instructions there are of each operation, by label; all maps are one kind.
  fileprivate func operationCounts() -> [String: Int] {
    var counts: [String: Int] = [:]
    for instruction in instructions {
      let operation = instruction.operation
      let isMap = operation is FusedMap || operation is SegmentedMap
      counts[isMap ? Swift.type(of: operation).name : operation.label, default: 0] += 1
    }
    return counts
  }

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
