// Programs as people read them: what runs, on what, in which layout, and how long it takes.
import CajalCompiler
import CajalGraph
import Foundation
import VectorKernels

/// One kernel of a program in words and numbers.
package struct KernelReport: Sendable {
  package var path: String
  package var label: String
  package var kind: KernelKind
  package var implementation: String
  /// Type and layout of each operand.
  package var inputs: [(type: String, layout: String)]
  package var outputs: [(type: String, layout: String)]
  package var bytes: Int
  package var flops: Double
  /// Functions called in one run, and how often it may enter the thread pool.
  package var calls: Int
  package var forks: Int
  /// Conversions between layouts that it makes on its own account.
  package var conversions: Int
  /// Runs only when a parameter has changed.
  package var isPreparation: Bool
  /// Medians over the runs.
  package var seconds = 0.0
  package var conversionSeconds = 0.0
}

/// One function of one kernel in the quickest run, in seconds from the run's start.
package struct KernelEvent: Sendable {
  /// Position among the report's kernels.
  package var kernel: Int
  package var isConversion: Bool
  package var start: Double
  package var seconds: Double
}

/// A program in words and numbers.
package struct ProgramReport: Sendable {
  package var kernels: [KernelReport]
  package var passes: [PassReport]
  package var arenaBytes: Int
  package var unsharedBytes: Int
  package var compileSeconds: Double
  /// Runs that were timed; 0 for a plain listing.
  package var runs: Int
  package var events: [KernelEvent] = []
}

extension KernelReport {
  /// One line: `dense: contraction + bias (…) -> … [plain] as brgemm:avx512_core, 1024 bytes, 2048 flops`.
  package var text: String {
    func list(_ operands: [(type: String, layout: String)]) -> String {
      let shown = operands.prefix(6).map { $0.layout == "plain" ? $0.type : "\($0.type) \($0.layout)" }
      return shown.joined(separator: ", ") + (operands.count > 6 ? ", … (\(operands.count) in all)" : "")
    }
    let place = path.isEmpty ? "" : "\(path): "
    let size = "\(bytes) bytes" + (flops > 0 ? ", \(Int(flops)) flops" : "")
    let conversions = conversions > 0 ? ", \(conversions) conversion\(conversions == 1 ? "" : "s")" : ""
    return "\(place)\(label) (\(list(inputs))) -> \(list(outputs)) as \(implementation), \(size)\(conversions)"
  }
}

extension Program {
  /// Prints the program on standard error if `CAJAL_DUMP` is set.
  func dumpIfWanted() {
    guard Program.dumps, let report = try? report() else { return }
    let lines = report.kernels.map { "  \($0.text)\n" }.joined()
    let head = "program of \(report.kernels.count) kernels, arena \(report.arenaBytes) bytes\n"
    FileHandle.standardError.write(Data((head + lines).utf8))
  }

  private static let dumps = !(ProcessInfo.processInfo.environment["CAJAL_DUMP"] ?? "").isEmpty

  /// The kernels in order; with `runs`, how long each takes on memory that `prepare` has bound.
  package func report(runs: Int = 0) throws -> ProgramReport {
    var position = [Int](repeating: -1, count: kernels.count)
    var reports: [KernelReport] = []
    for (index, kernel) in kernels.enumerated() where !kernel.steps.isEmpty {
      position[index] = reports.count
      reports.append(report(of: kernel, code.instructions[index], isPreparation: index < preparation))
    }
    let handOver = reports.count
    if !extra.steps.isEmpty { reports.append(handOverReport()) }
    var report = ProgramReport(
      kernels: reports, passes: passes, arenaBytes: plan.arenaBytes, unsharedBytes: plan.unsharedBytes,
      compileSeconds: compileSeconds, runs: runs)
    guard runs > 0 else { return report }

    let samples = try (0..<runs).map { _ in try profiledStep() }
    let quickest = samples.min { $0.reduce(0, +) < $1.reduce(0, +) } ?? []
    var (first, start) = (0, 0.0)
    for (step, owner) in owners.enumerated() {
      if step > 0, owners[step - 1] != owner { first = step }
      let kernel = owner < 0 ? handOver : position[owner]
      let converts = owner >= 0 && kernels[owner].conversionSteps.contains(step - first)
      let seconds = samples.map { $0[step] }.sorted()[runs / 2]
      report.kernels[kernel].seconds += seconds
      if converts || report.kernels[kernel].kind == .conversion {
        report.kernels[kernel].conversionSeconds += seconds
      }
      report.events.append(
        KernelEvent(kernel: kernel, isConversion: converts, start: start, seconds: quickest[step]))
      start += quickest[step]
    }
    return report
  }

  private func report(of kernel: Kernel, _ instruction: Code.Instruction, isPreparation: Bool) -> KernelReport {
    func operand(_ value: Int) -> (String, String) { (code.type(value).description, layoutName(value)) }
    let operands = Set(instruction.inputs + instruction.outputs)
    return KernelReport(
      path: instruction.path, label: kernel.label, kind: kernel.kind, implementation: kernel.implementation,
      inputs: instruction.inputs.map(operand), outputs: instruction.outputs.map(operand),
      bytes: operands.reduce(0) { $0 + code.type($1).byteCount }, flops: kernel.flops,
      calls: kernel.steps.count + kernel.innerCalls, forks: kernel.forks, conversions: kernel.conversionSteps.count,
      isPreparation: isPreparation)
  }

  /// Copies of results that could not be made where they belong.
  private func handOverReport() -> KernelReport {
    var report = KernelReport(
      path: "", label: extra.label, kind: .other, implementation: extra.implementation, inputs: [], outputs: [],
      bytes: 0, flops: 0, calls: extra.steps.count, forks: 0, conversions: 0, isPreparation: false)
    report.bytes = 2 * handedOverBytes
    return report
  }

  /// `plain`, `blocked 16`, `batch innermost`, or `permuted` for any other order of the axes.
  private func layoutName(_ value: Int) -> String {
    let shape = code.type(value).shape
    guard let layout = code.values[value].layout, !layout.isRowMajor(shape) else { return "plain" }
    if !layout.blocks.isEmpty { return "blocked " + layout.blocks.map { "\($0.size)" }.joined(separator: "·") }
    return shape.rank >= 3 && layout == .batchInnermost(shape) ? "batch innermost" : "permuted"
  }
}
