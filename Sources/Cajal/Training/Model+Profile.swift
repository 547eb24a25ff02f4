import CajalCPU
import CajalTerminal

extension TrainingStep {
  /// The compiled program as a table: kernels, shapes, layouts, bytes, flops; with `runs`, the time of each.
  public func profile(runs: Int = 0, for terminal: Terminal = .plain) throws -> String {
    try model.lock.withLock {
      if runs > 0 { try run(times: 3) }
      return try Executor.run(if: program.usesThreads) {
        program.prepare(inputs: pointers, outputs: [])
        let report = try program.report(runs: runs)
        program.noteChanges()
        return report.table(for: terminal)
      }
    }
  }
}

extension Model {
  /// The compiled prediction of one batch as a table: kernels, shapes, layouts, bytes, flops; with `runs`, the time of each.
  public func profile(batchSize: Int = 1, runs: Int = 0, for terminal: Terminal = .plain) throws -> String {
    try lock.withLock {
      let program = try program(ProgramCache.Signature(task: .predict, batch: batchSize))
      let inputs = inputTypes.map { Storage($0.dtype, count: $0.shape.count * batchSize) }
      for input in inputs { input.withMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) } }
      let outputs = outputTypes.map { Storage($0.dtype, count: $0.shape.count * batchSize) }
      return try Executor.run(if: program.usesThreads) {
        program.prepare(inputs: inputs.map(\.pointer), outputs: outputs.map(\.pointer))
        for _ in 0..<(runs > 0 ? 3 : 0) { try program.step() }
        return try program.report(runs: runs).table(for: terminal)
      }
    }
  }
}

extension ProgramReport {
  /// The report as a table for people.
  func table(for terminal: Terminal) -> String {
    let total = kernels.reduce(0) { $0 + $1.nanoseconds }
    var table = Table(
      ["Kernel", "Layer", "Result", "Layout", "Runs as", "kB", "MFlop"] + (runs > 0 ? ["µs", "%", "GF/s", "GB/s"] : []))
    for kernel in kernels {
      var row: [Table.Cell] = [
        .text(kernel.label.truncated(to: 46)), .text(kernel.path.truncated(to: 24)), .text(kernel.outputs.first ?? ""),
        .text(kernel.layout),
        .text(kernel.implementation + (kernel.reorders > 0 ? " +\(kernel.reorders) reorder" : "")),
        .number(Double(kernel.bytes) / 1e3, digits: 1), .number(kernel.flops / 1e6, digits: 2),
      ]
      if runs > 0 {
        row += [
          .number(kernel.nanoseconds / 1e3, digits: 2), .number(100 * kernel.nanoseconds / max(total, 1), digits: 1),
          .number(kernel.flops / max(kernel.nanoseconds, 1), digits: 1),
          .number(Double(kernel.bytes) / max(kernel.nanoseconds, 1), digits: 1),
        ]
      }
      table.addRow(row)
    }
    let summary =
      "\(kernels.count) kernels, \(kernels.reduce(0) { $0 + $1.reorders }) conversions inside them, arena \(Format.bytes(arenaBytes)) "
      + "(\(Format.bytes(unsharedBytes)) without sharing), compiled in \(Format.duration(compileSeconds))"
    return table.rendered(for: terminal) + "\n" + summary
      + (runs > 0 ? ", \(Format.fixed(total / 1e6, digits: 3)) ms in kernels" : "") + "\n"
  }
}
