// Profiles for people: a table of kernels, the machine's limits, totals.
import CajalTerminal

extension Profile: CustomStringConvertible {
  /// The table as plain text.
  public var description: String { table() }

  /// The kernels as a table, the longest first, with the machine's limits and totals; in the order they run where nothing
  /// was measured.
  ///
  /// - Parameters:
  ///   - terminal: Where it is shown: a narrow window cuts names, a file nothing.
  ///   - least: Kernels with a smaller part of the time than this are one line together.
  public func table(for terminal: Terminal = .plain, least: Double = 0.005) -> String {
    let isMeasured = runs > 0
    var columns = Array(Column.allCases.prefix(isMeasured ? 13 : 8))
    if isMeasured, terminal.isInteractive {
      // What a narrow window has no room for; a trace has all of it.
      let wide: [Column] = terminal.width < 140 ? [.result, .calls, .megaflops, .kilobytes] : []
      let wider: [Column] = terminal.width < 110 ? [.layouts] : []
      columns.removeAll { (wide + wider).contains($0) }
    }
    func fitted(_ cells: [Table.Cell]) -> [Table.Cell] {
      columns.map { $0.index < cells.count ? cells[$0.index] : .empty }
    }
    var table = Table(columns.map(\.rawValue))
    let shown = isMeasured ? repeated.sorted { $0.seconds > $1.seconds } : kernels
    let total = max(seconds, .leastNormalMagnitude)
    let small = isMeasured ? shown.filter { $0.seconds / total < least } : []
    // A single small one needs as many lines by itself.
    let large = small.count > 1 ? shown.filter { $0.seconds / total >= least } : shown
    for kernel in large { table.addRow(fitted(row(kernel, total, isMeasured))) }
    if small.count > 1 { table.addRow(fitted(sum("\(small.count) smaller kernels", small, total))) }
    if isMeasured { table.addFooter(fitted(sum("total", shown, total))) }
    return "\(heading)\n\n" + table.rendered(for: terminal) + "\n" + totals
  }

  /// Columns in their order; the last five need measured runs.
  private enum Column: String, CaseIterable {
    case kernel = "Kernel", layer = "Layer", result = "Result", layouts = "Layouts", implementation = "Runs as"
    case calls = "Calls", megaflops = "MFlop", kilobytes = "kB", microseconds = "µs", percent = "%"
    case flopRate = "GF/s", byteRate = "GB/s", bound = "Bound by"

    var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  private func row(_ kernel: Kernel, _ total: Double, _ isMeasured: Bool) -> [Table.Cell] {
    let conversions = kernel.conversions == 0 ? "" : " +\(Format.count(kernel.conversions, "conversion"))"
    var row: [Table.Cell] = [
      .text(kernel.name.truncated(to: 46)), .text(kernel.layer.truncated(to: 28)),
      .text(kernel.outputs.first?.type ?? ""), .text(kernel.layouts),
      .text(kernel.implementation + conversions), .integer(kernel.calls), .number(kernel.flops / 1e6, digits: 2),
      .number(Double(kernel.bytes) / 1e3, digits: 1),
    ]
    guard isMeasured else { return row }
    row += measured(kernel.seconds, kernel.flops, kernel.bytes, total)
    if let verdict = machine.flatMap({ kernel.verdict(on: $0) }) {
      row.append(.text("\(verdict.bound.rawValue) \(Format.percent(verdict.fraction, digits: 0))"))
    }
    return row
  }

  private func sum(_ name: String, _ kernels: [Kernel], _ total: Double) -> [Table.Cell] {
    let (flops, bytes) = (kernels.reduce(0) { $0 + $1.flops }, kernels.reduce(0) { $0 + $1.bytes })
    return [
      .text(name), .empty, .empty, .empty, .empty, .integer(kernels.reduce(0) { $0 + $1.calls }),
      .number(flops / 1e6, digits: 2), .number(Double(bytes) / 1e3, digits: 1),
    ] + measured(kernels.reduce(0) { $0 + $1.seconds }, flops, bytes, total)
  }

  private func measured(_ seconds: Double, _ flops: Double, _ bytes: Int, _ total: Double) -> [Table.Cell] {
    let rate = 1 / max(seconds, 1e-12) / 1e9
    return [
      .number(seconds * 1e6, digits: 2), .number(100 * seconds / total, digits: 1), .number(flops * rate, digits: 1),
      .number(Double(bytes) * rate, digits: 1),
    ]
  }

  private var heading: String {
    guard let machine else { return title }
    return "\(title): medians of \(Format.count(runs, "run"))\n\(machine)"
  }

  /// Sentences below the table.
  var totals: String {
    let counts = Kernel.Kind.allCases.map { kind -> String in
      let kernels = repeated.filter { $0.kind == kind }
      let share = kernels.reduce(0) { $0 + $1.seconds } / max(seconds, .leastNormalMagnitude)
      return Format.count(kernels.count, kind.rawValue) + (runs > 0 ? " (\(Format.percent(share, digits: 1)))" : "")
    }
    var lines = [
      "\(Format.count(repeated.count, "kernel")): \(counts.joined(separator: ", ")); up to \(Format.count(forkCount, "fork"))"
    ]
    lines[0] += runs > 0 ? "; \(Format.fixed(seconds * 1e3, digits: 3)) ms" : ""
    if kernels.count > repeated.count {
      lines.append("\(kernels.count - repeated.count) more for parameters that have changed")
    }
    let share = Format.percent(conversionSeconds / max(seconds, .leastNormalMagnitude), digits: 1)
    lines.append(
      "\(Format.count(conversionCount, "conversion")) between layouts, \(conversionCount - count(of: .conversion)) of them inside kernels"
        + (runs > 0 ? ": \(Format.duration(conversionSeconds)), \(share) of the time" : ""))
    lines.append("arena \(Format.bytes(arenaBytes)) (\(Format.bytes(unsharedBytes)) without sharing)")
    lines.append("compiled in \(Format.duration(compileSeconds))")
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Profile.Kernel {
  /// How its arrays lie: one word where all lie alike, else `plain, blocked 16 -> blocked 16`.
  var layouts: String {
    func names(_ operands: [Operand]) -> String {
      var names: [String] = []
      for operand in operands where !names.contains(operand.layout) { names.append(operand.layout) }
      return names.joined(separator: ", ")
    }
    let (from, to) = (names(inputs), names(outputs))
    return from.isEmpty || from == to ? to : to.isEmpty ? from : "\(from) -> \(to)"
  }
}
