import Cajal
import Foundation

/// `cajal bench [WORKLOAD…] [--json] [--profile]`: speed on the workloads of the benchmark.
enum BenchCommand {
  static func run(_ arguments: [String]) throws {
    let json = arguments.contains("--json")
    let watch = Stopwatch(profiles: arguments.contains("--profile"))
    let names = arguments.filter { !$0.hasPrefix("--") }
    if names == ["cold"] { return try Workload.cold() }
    if names == ["rss"] { return try Workload.resident() }
    let known = Workload.all.map(\.name)
    for name in names where !known.contains(name) {
      throw CajalError(
        .missing, "bench", expected: "one of \(known.joined(separator: ", ")), cold, rss", given: "it is '\(name)'")
    }
    for workload in Workload.all where names.isEmpty || names.contains(workload.name) {
      for row in try workload.run(watch) {
        if json {
          let median = row.median.map { String(format: "%.5g", $0) } ?? "null"
          print(
            "{\"workload\": \"\(row.workload)\", \"unit\": \"\(row.unit)\", \"value\": \(String(format: "%.5g", row.value)), "
              + "\"detail\": {\"median\": \(median)}}")
        } else {
          print(
            "\(row.workload)  \(String(format: "%.4g", row.value)) \(row.unit)  (median \(String(format: "%.4g", row.median ?? .nan)))  \(workload.what)"
          )
        }
      }
    }
  }
}
