// Programs as people read them: what runs, on what, in which layout, and how long it takes.
import CajalCompiler
import CajalGraph
import Foundation

/// One kernel of a program in words and numbers.
package struct KernelReport: Sendable {
  package var path: String
  package var label: String
  package var implementation: String
  package var inputs: [String]
  package var outputs: [String]
  package var layout: String
  package var bytes: Int
  package var flops: Double
  package var reorders: Int
  package var nanoseconds: Double
}

/// A program in words and numbers.
package struct ProgramReport: Sendable {
  package var kernels: [KernelReport]
  package var arenaBytes: Int
  package var unsharedBytes: Int
  package var compileSeconds: Double
  /// Runs that were timed; 0 for a plain listing.
  package var runs: Int
}

extension ProgramReport {
  /// One line for each kernel, for `CAJAL_DUMP=1`.
  var text: String {
    let lines = kernels.map { kernel in
      let place = kernel.path.isEmpty ? "" : "\(kernel.path): "
      let size = "\(kernel.bytes) bytes" + (kernel.flops > 0 ? ", \(Int(kernel.flops)) flops" : "")
      return
        "  \(place)\(kernel.label) (\(kernel.inputs.joined(separator: ", "))) -> \(kernel.outputs.joined(separator: ", ")) "
        + "[\(kernel.layout)] as \(kernel.implementation), \(size)"
    }
    return "program of \(kernels.count) kernels, arena \(arenaBytes) bytes\n" + lines.joined(separator: "\n") + "\n"
  }
}

extension Program {
  /// Prints the program on standard error if `CAJAL_DUMP` is set.
  func dumpIfWanted() {
    guard Program.dumps, let report = try? report() else { return }
    FileHandle.standardError.write(Data(report.text.utf8))
  }

  private static let dumps = !(ProcessInfo.processInfo.environment["CAJAL_DUMP"] ?? "").isEmpty

  /// The kernels in order; with `runs`, each one's mean time on memory that `prepare` has bound.
  package func report(runs: Int = 0) throws -> ProgramReport {
    var nanoseconds: [UInt64] = []
    for _ in 0..<runs { try stepProfiled(&nanoseconds) }
    var perKernel = [Double](repeating: 0, count: kernels.count)
    for (index, owner) in owners.enumerated() where owner >= 0 && index < nanoseconds.count {
      perKernel[owner] += Double(nanoseconds[index]) / Double(max(runs, 1))
    }
    let reports = zip(code.instructions, kernels).enumerated().compactMap { index, pair -> KernelReport? in
      let (instruction, kernel) = pair
      guard !kernel.steps.isEmpty else { return nil }
      let operands = instruction.inputs + instruction.outputs
      let bytes = Set(operands).reduce(0) { $0 + code.type($1).byteCount }
      return KernelReport(
        path: instruction.path, label: kernel.label, implementation: kernel.implementation,
        inputs: instruction.inputs.map { code.type($0).description },
        outputs: instruction.outputs.map { code.type($0).description },
        layout: instruction.outputs.first.map(layoutName) ?? "", bytes: bytes, flops: kernel.flops,
        reorders: kernel.reorders,
        nanoseconds: perKernel[index])
    }
    return ProgramReport(
      kernels: reports, arenaBytes: plan.arenaBytes, unsharedBytes: plan.unsharedBytes, compileSeconds: compileSeconds,
      runs: runs)
  }

  /// `plain`, `blocked 16` or the strides of anything else.
  private func layoutName(_ value: Int) -> String {
    let shape = code.type(value).shape
    guard let layout = code.values[value].layout, !layout.isRowMajor(shape) else { return "plain" }
    if layout.blocks.isEmpty { return "permuted" }
    return "blocked " + layout.blocks.map { "\($0.size)" }.joined(separator: "·")
  }
}
