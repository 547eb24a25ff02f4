// The table against the folder of operations: an operation without a row, a gradient, a way to run, an error or a comment fails.
import CajalGraph
import Foundation
import Testing

/// An operation as its source file declares it.
private struct Declaration: CustomTestStringConvertible, Sendable {
  var name: String
  var file: String
  var hasComment: Bool
  var hasDecomposition: Bool
  var testDescription: String { name }

  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func sources(_ folder: String) -> [(name: String, text: String)] {
    let files = FileManager.default.enumerator(at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
    return (files?.allObjects ?? []).compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.compactMap {
      url in
      (try? String(contentsOf: url, encoding: .utf8)).map { (url.lastPathComponent, $0) }
    }
  }

  static let all: [Declaration] = sources("Sources/Graph").flatMap { name, text in
    let lines = text.components(separatedBy: "\n")
    let starts = lines.indices.filter { lines[$0].contains(": Operation {") && lines[$0].contains("struct ") }
    return starts.map { start in
      let words = lines[start].components(separatedBy: "struct ")[1]
      let end = lines[start...].firstIndex { $0 == "}" } ?? lines.count
      return Declaration(
        name: words.components(separatedBy: ":")[0], file: name,
        hasComment: start > 0 && lines[start - 1].hasPrefix("///"),
        hasDecomposition: lines[start..<end].contains { $0.contains("func decomposition(") })
    }
  }

  /// Operations the processor lowers, or takes into maps.
  static let lowered: Set<String> = Set(
    sources("Sources/CPU").flatMap { name, text -> [String] in
      text.components(separatedBy: "\n").flatMap { line -> [String] in
        if line.hasPrefix("extension "), line.contains(": Lowerable") {
          return [String(line.dropFirst("extension ".count).prefix { $0 != ":" })]
        }
        // The list in `Processor.supports`.
        guard line.contains("case is "), line.contains("return true") else { return [] }
        return line.components(separatedBy: "is ").dropFirst().map { String($0.prefix { $0.isLetter }) }
      }
    })
}

@Suite struct CompletenessTests {
  /// It stands for a mistake already reported and never reaches a program.
  private static let exceptions: Set<String> = ["Poison"]

  @Test func findsTheOperations() {
    #expect(Declaration.all.count >= 35)
    #expect(Declaration.lowered.count >= 30)
  }

  @Test(arguments: Declaration.all.filter { !exceptions.contains($0.name) })
  private func isComplete(_ operation: Declaration) {
    let rows = Table.rows.filter { String(describing: $0.operation) == operation.name }
    #expect(!rows.isEmpty, "\(operation.name) (\(operation.file)) has no row in the table")
    #expect(operation.hasComment, "\(operation.name) has no documentation comment")
    let isGiven = operation.name == "Placeholder"
    #expect(
      Declaration.lowered.contains(operation.name) || operation.hasDecomposition || isGiven,
      "\(operation.name) has neither a lowering nor a decomposition")
    let hasError = rows.contains { !$0.errors.isEmpty || $0.takesAll != nil }
    #expect(hasError, "\(operation.name) has no error sample, and no row says why")
    for row in rows {
      if case .none(let reason) = row.gradient {
        #expect(!reason.isEmpty, "\(row.name) gives no reason for no gradient")
      }
    }
  }

  @Test func everyKindHasItsRow() {
    let names = Set(Table.rows.map(\.name))
    for function in ElementwiseFunction.allCases { #expect(names.contains(function.rawValue)) }
    for kind in Reduce.Kind.allCases { #expect(names.contains("reduce \(kind.rawValue)")) }
    #expect(names.count == Table.rows.count, "names are unique")
  }
}
