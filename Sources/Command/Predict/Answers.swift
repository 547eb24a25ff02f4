import Cajal
import CajalArguments
import CajalData
import CajalTerminal
import Foundation

/// What a model said about each sample of each file.
struct Answers {
  /// One sample.
  struct Row {
    let path: String
    /// From 0 in its file.
    let index: Int
    let outputs: [Float]
  }

  let card: ModelCard
  let outputCount: Int
  private(set) var rows: [Row] = []
  private var counts: [String: Int] = [:]

  init(_ saved: SavedModel) {
    card = saved.card
    outputCount = saved.model.outputTypes[0].shape.count
  }

  mutating func add(_ outputs: Tensor, of path: String) throws {
    let values = outputs.cast(to: .float32).floats
    let count = outputs.shape[0]
    for index in 0..<count {
      rows.append(
        Row(path: path, index: index, outputs: Array(values[(index * outputCount)..<((index + 1) * outputCount)])))
    }
    counts[path, default: 0] += count
  }

  /// Whether the outputs are probabilities of classes.
  var areClasses: Bool {
    outputCount > 1
      && (card.classes?.count == outputCount
        || rows.allSatisfy { row in
          row.outputs.allSatisfy { $0 >= 0 && $0 <= 1 } && abs(row.outputs.reduce(0, +) - 1) < 1e-3
        })
  }

  /// The file, with the number of the sample where the file has several.
  private func name(_ row: Row) -> String { counts[row.path] == 1 ? row.path : "\(row.path) row \(row.index + 1)" }

  private func ranked(_ row: Row) -> [Int] { row.outputs.indices.sorted { row.outputs[$0] > row.outputs[$1] } }

  // MARK: - For people

  private static let mostRows = 25
  private static let mostClasses = 3

  func table(for terminal: Terminal) -> String {
    var table: CajalTerminal.Table
    if areClasses {
      table = CajalTerminal.Table(
        ["Input", "Answer", "", "", "Then"], alignments: [.leading, .leading, .trailing, .leading, .leading])
      for row in rows.prefix(Self.mostRows) {
        let order = ranked(row)
        let first = Double(row.outputs[order[0]])
        let others = order.dropFirst().prefix(Self.mostClasses - 1).filter { row.outputs[$0] >= 0.0005 }.map {
          "\(card.name(ofClass: $0)) \(Format.percent(Double(row.outputs[$0]), digits: 1))"
        }
        table.addRow([
          .text(name(row)), .text(card.name(ofClass: order[0]), style: .bold), .text(Format.percent(first, digits: 1)),
          .text(bar(first, terminal), style: .green), .text(others.joined(separator: ", "), style: .dim),
        ])
      }
    } else {
      table = CajalTerminal.Table(
        ["Input"] + (outputCount == 1 ? ["Answer"] : (0..<min(outputCount, 8)).map { "Output \($0)" }))
      let unit = card.unit.map { " \($0)" } ?? ""
      for row in rows.prefix(Self.mostRows) {
        table.addRow(
          [.text(name(row))] + row.outputs.prefix(8).map { .text(Format.metric(Double($0)) + unit, style: .bold) })
      }
    }
    let rest = rows.count - Self.mostRows
    return table.rendered(for: terminal)
      + (rest > 0 ? "… and \(Format.count(rest)) more; --output FILE writes all.\n" : "")
  }

  private func bar(_ part: Double, _ terminal: Terminal) -> String {
    let length = part.isFinite ? Int((min(max(part, 0), 1) * 16).rounded()) : 0
    return String(repeating: terminal.allowsUnicode ? "━" : "=", count: length)
  }

  // MARK: - For programs

  /// `input,row,class,probability,p_0,…`, or `input,row,output`.
  var csv: String {
    let classes = areClasses
    let names = (0..<outputCount).map {
      classes ? "p_" + card.name(ofClass: $0) : outputCount == 1 ? "answer" : "output_\($0)"
    }
    var lines = [
      (["input", "row"] + (classes ? ["class", "probability"] : []) + names).map(Self.quoted).joined(separator: ",")
    ]
    for row in rows {
      let first = ranked(row)[0]
      let head =
        [row.path, "\(row.index + 1)"] + (classes ? [card.name(ofClass: first), "\(row.outputs[first])"] : [])
      lines.append((head + row.outputs.map { "\($0)" }).map(Self.quoted).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}

/// A file that answers are written to.
struct AnswerFile {
  let path: String
  private let isArray: Bool

  /// Errors: `UsageError` unless the name ends in `.csv` or `.npy`.
  init(_ path: String, _ form: CommandForm) throws(UsageError) {
    let lower = path.lowercased()
    guard lower.hasSuffix(".csv") || lower.hasSuffix(".npy") else {
      throw form.error("--output expects a file that ends in .csv or .npy, but '\(path)' was given.")
    }
    self.path = path
    isArray = lower.hasSuffix(".npy")
  }

  func write(_ answers: Answers) throws {
    if isArray {
      let values = answers.rows.flatMap(\.outputs)
      return try NPY.write(Tensor(values, shape: [answers.rows.count, answers.outputCount]), to: path)
    }
    do {
      try Data(answers.csv.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CajalError(.system, path, expected: "a file that can be written", given: error.localizedDescription)
    }
  }
}
