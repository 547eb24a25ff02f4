import Cajal
import CajalArguments
import CajalTerminal
import Foundation

/// `cajal bench [WORKLOAD…] [--batch N] [--json] [--profile]`: speed on the workloads of the benchmark.
enum BenchCommand {
  private static let form = CommandForm(
    "cajal bench", "Times the standard workloads on this machine.",
    [
      Positional(
        "WORKLOAD", "a workload, such as w03 or w03-train; all if none is named", isOptional: true, takesMany: true)
    ],
    [
      Option("--batch", .integer("N", 1...65_536), "samples of a step or a prediction, in place of the workload's own"),
      Option("--json", .none, "one line of JSON per row"),
      Option("--profile", .none, "the time of every kernel first, as 'cajal profile' shows it"),
    ],
    notes: [
      "Each row is the best sample, with the median, the programs compiled on the way, and the cost of one fork and join right "
        + "after: far above 10 µs means that other programs keep the cores busy.",
      "'cold' is one batch of w04, to be timed as a process; 'rss' is four steps of w07, for its memory.",
    ],
    examples: [
      ("cajal bench", "all workloads"), ("cajal bench w03-train --json", "one row, for a program to read"),
      ("cajal bench w04 --profile", "where the time goes"),
      ("cajal bench w08-infer1 --batch 16", "another batch: the row is called w08-infer1@16"),
    ])

  static let command = Command(form: form) { arguments in
    let names = arguments.positionals
    if names == ["cold"] { return try Workload.cold() }
    if names == ["rss"] { return try Workload.resident() }
    let chosen = try names.isEmpty ? Workload.all.map { ($0, $0.measures) } : names.map(named)
    let batch = arguments.integer("--batch")
    let watch = Stopwatch(profiles: arguments.has("--profile"))
    for (workload, measures) in chosen {
      for row in try workload.run(measures.map { try workload.resized($0, batch) }, watch) {
        FileDescriptorOutput.standardOutput.writeLine(arguments.has("--json") ? row.json : row.text(workload.what))
      }
    }
  }

  private static func named(_ name: String) throws -> (Workload, [Workload.Measure]) {
    guard let found = Workload.named(name) else {
      throw CajalError(
        .missing, "bench", expected: "one of \(Workload.all.map(\.name).joined(separator: ", ")), cold, rss",
        given: "it is '\(name)'", advice: didYouMean(name, in: Workload.names).trimmingCharacters(in: .whitespaces))
    }
    return (found.workload, found.measures)
  }
}

extension BenchRow {
  fileprivate var json: String {
    func number(_ value: Double) -> String { value.isFinite ? String(format: "%.5g", value) : "null" }
    return "{\"workload\": \"\(workload)\", \"unit\": \"ms\", \"value\": \(number(result.best)), \"detail\": "
      + "{\"median\": \(number(result.median)), \"samples\": \(result.samples), \"compilations\": \(compilations), "
      + "\"compile_ms\": \(number(compileSeconds * 1e3)), \"fork_us\": \(number(forkSeconds * 1e6))}}"
  }

  fileprivate func text(_ what: String) -> String {
    func number(_ value: Double) -> String { String(format: "%.4g", value) }
    return "\(workload)  \(number(result.best)) ms  (median \(number(result.median)); \(compilations) compiled in "
      + "\(Format.duration(compileSeconds)); fork \(Format.fixed(forkSeconds * 1e6, digits: 1)) µs)  \(what)"
  }
}
