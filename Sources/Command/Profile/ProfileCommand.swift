import Cajal
import CajalArguments
import CajalTerminal
import Foundation

/// `cajal profile NAME [--train] [--batch N] [--runs N] [--trace FILE]`
enum ProfileCommand {
  private static let form = CommandForm(
    "cajal profile", "Shows where the time of a network goes, kernel by kernel.", [Subject.positional],
    Subject.options + [
      Option("--runs", .integer("N", 1...100_000), "measured runs; else as many as fit into 2 seconds, 5 to 200"),
      Option("--trace", .text("FILE"), "writes the quickest run for ui.perfetto.dev or chrome://tracing"),
    ],
    notes: [
      "First the machine's limits are measured: matrix products, copies in each level of memory, and the cost of starting all "
        + "threads. 'Bound by' names the limit that a kernel runs against and how much of it is reached: 'bytes 80 %' is a kernel "
        + "that moves its operands at four fifths of a copy's speed, 'overhead' one that is too small for its calls and forks.",
      "A conversion is work between two layouts of one array. Times are medians; measure while the machine is quiet.",
    ],
    examples: [
      ("cajal profile resnet50", "a prediction of one picture"),
      ("cajal profile w04 --train --trace w04.json", "a step of training, for a trace viewer too"),
      ("cajal profile output/digits --batch 32", "a model of yours"),
    ])

  static let command = Command(form: form) { arguments in
    let subject = try Subject(arguments, hasValues: true)
    let path = arguments.text("--trace")
    // Before the work, so that a path that cannot be written costs nobody's time.
    let trace = try path.map(TraceFile.init)
    let profile = try subject.measured(runs: arguments.integer("--runs") ?? runs(subject))
    try trace?.write(profile.trace())
    let output = FileDescriptorOutput.standardOutput
    output.write("\(subject.name), \(profile.table(for: output.terminal))")
    if let path { output.writeLine("\nThe quickest run is in \(path): open it at ui.perfetto.dev") }
  }

  /// Runs for about two seconds.
  private static func runs(_ subject: Subject) throws -> Int {
    let once = try subject.measured(runs: 1).seconds
    return min(200, max(5, Int(2 / max(once, 1e-6))))
  }
}

/// A file that is open for a trace.
private struct TraceFile {
  let path: String
  let handle: FileHandle

  init(_ path: String) throws {
    self.path = path
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    guard descriptor >= 0 else { throw Self.refused(path, String(cString: strerror(errno))) }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  func write(_ text: String) throws {
    do {
      try handle.write(contentsOf: Data(text.utf8))
      try handle.close()
    } catch {
      throw Self.refused(path, (error as NSError).localizedDescription)
    }
  }

  private static func refused(_ path: String, _ reason: String) -> CajalError {
    CajalError(
      .system, path, expected: "a file that can be written", given: "the system says: \(reason)",
      advice: "Choose another place with --trace FILE.")
  }
}
