// The quickest run in the format of trace viewers.
import Foundation

extension Profile {
  /// The quickest measured run as JSON trace events, for ui.perfetto.dev and chrome://tracing: a row of kernels, each with its
  /// layer, shapes, layouts, implementation, speeds and verdict, and a row of the conversions inside them.
  public func trace() -> String {
    var events = [
      TraceEvent(name: "process_name", phase: "M", row: 0, arguments: ["name": .text("cajal: \(title)")]),
      TraceEvent(name: "thread_name", phase: "M", row: 1, arguments: ["name": .text("kernels")]),
    ]
    if self.events.contains(where: \.isConversion) {
      events.append(
        TraceEvent(name: "thread_name", phase: "M", row: 2, arguments: ["name": .text("conversions inside")]))
    }
    var index = self.events.startIndex
    while index < self.events.endIndex {
      // A kernel's functions follow each other.
      let first = self.events[index]
      var last = index
      while last + 1 < self.events.endIndex, self.events[last + 1].kernel == first.kernel { last += 1 }
      let group = self.events[index...last]
      let kernel = kernels[first.kernel]
      let seconds = group.reduce(0) { $0 + $1.seconds }
      events.append(
        TraceEvent(
          name: kernel.name, category: kernel.kind.rawValue, phase: "X", row: 1, start: first.start, seconds: seconds,
          arguments: arguments(kernel, seconds)))
      for event in group where event.isConversion {
        events.append(
          TraceEvent(
            name: "conversion", category: "conversion", phase: "X", row: 2, start: event.start, seconds: event.seconds,
            arguments: ["for": .text(kernel.name), "layer": .text(kernel.layer)]))
      }
      index = last + 1
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let file = TraceFile(
      traceEvents: events, displayTimeUnit: "ns",
      otherData: ["program": title, "machine": machine?.description ?? "not measured", "runs": "\(runs)"])
    // Text and finite numbers always have a form in JSON.
    guard let data = try? encoder.encode(file) else { return "{\"traceEvents\": []}" }
    return String(decoding: data, as: UTF8.self)
  }

  private func arguments(_ kernel: Kernel, _ seconds: Double) -> [String: TraceEvent.Argument] {
    func list(_ operands: [Kernel.Operand]) -> String {
      operands.prefix(8).map { "\($0.type) \($0.layout)" }.joined(separator: ", ")
        + (operands.count > 8 ? ", … (\(operands.count) in all)" : "")
    }
    var arguments: [String: TraceEvent.Argument] = [
      "layer": .text(kernel.layer), "inputs": .text(list(kernel.inputs)), "outputs": .text(list(kernel.outputs)),
      "implementation": .text(kernel.implementation), "bytes": .number(Double(kernel.bytes)),
      "flops": .number(kernel.flops), "calls": .number(Double(kernel.calls)), "forks": .number(Double(kernel.forks)),
      "conversions": .number(Double(kernel.conversions)), "median µs": .number(kernel.seconds * 1e6),
    ]
    if seconds > 0 {
      arguments["GF/s"] = .number(kernel.flops / seconds / 1e9)
      arguments["GB/s"] = .number(Double(kernel.bytes) / seconds / 1e9)
    }
    if let machine, let verdict = kernel.verdict(on: machine) {
      arguments["bound by"] = .text(verdict.bound.rawValue)
      arguments["fraction of the limit"] = .number(verdict.fraction)
    }
    return arguments
  }
}

private struct TraceFile: Encodable {
  var traceEvents: [TraceEvent]
  var displayTimeUnit: String
  var otherData: [String: String]
}

/// One entry of the format: `ph` is X for something with a length and M for a name; times are in microseconds.
private struct TraceEvent: Encodable {
  enum Argument: Encodable {
    case text(String)
    case number(Double)

    func encode(to encoder: Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .text(let text): try container.encode(text)
      case .number(let number): try container.encode(number.isFinite ? number : 0)
      }
    }
  }

  private enum CodingKeys: String, CodingKey { case name, cat, ph, ts, dur, pid, tid, args }

  var name: String
  var category: String?
  var phase: String
  var row: Int
  var start: Double?
  var seconds: Double?
  var arguments: [String: Argument]

  func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encodeIfPresent(category, forKey: .cat)
    try container.encode(phase, forKey: .ph)
    try container.encodeIfPresent(start.map { $0 * 1e6 }, forKey: .ts)
    try container.encodeIfPresent(seconds.map { $0 * 1e6 }, forKey: .dur)
    try container.encode(1, forKey: .pid)
    try container.encode(row, forKey: .tid)
    try container.encode(arguments, forKey: .args)
  }
}
