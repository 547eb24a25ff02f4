import Cajal
import Foundation

/// Turns tables into numbers: learned from the training table, applied to any later one, kept as JSON with the model.
///
/// Example: `let encoder = try TableEncoder(fitting: table, target: "strength")`
/// `let data = try encoder.dataset(table)`
public struct TableEncoder: Codable, Hashable, Sendable {
  /// What becomes of a cell without a value.
  public enum Missing: Codable, Hashable, Sendable {
    /// An error naming line and column (default).
    case error
    /// The row is left out.
    case drop
    /// Numbers: the mean of the fitted table; categories: its most frequent one.
    case mean
    /// Numbers: this; categories: the most frequent one of the fitted table.
    case value(Double)
  }

  /// How words become features.
  public enum Categories: String, Codable, Sendable {
    /// One feature of 0 or 1 per word.
    case oneHot
    /// One feature: the word's place in the vocabulary.
    case ordinal
  }

  /// One column as it is encoded.
  public struct Feature: Codable, Hashable, Sendable {
    /// The column.
    public var name: String
    /// Words in the order of their codes; empty for numbers.
    public var vocabulary: [String]
    /// Whether each word becomes a feature of 0 or 1.
    public var isOneHot: Bool
    /// Stands for a missing value, if the policy fills in: a number, or a code.
    public var fill: Double

    var isNumber: Bool { vocabulary.isEmpty }
    var width: Int { isOneHot ? vocabulary.count : 1 }
  }

  /// Columns that become inputs, in order.
  public let features: [Feature]
  /// The column to predict, if there is one.
  public let target: Feature?
  /// What becomes of a cell without a value.
  public let missing: Missing

  /// - Parameters:
  ///   - target: the column to predict; a number column gives `float32[1]`, a category an `int32[]` label.
  ///   - columns: the columns to use as features; `nil` takes all but the target.
  /// Errors: `.missing` for unknown columns, `.argument` for text columns (they need words turned into numbers first).
  public init(
    fitting table: Table, target: String?, columns: [String]? = nil, categories: Categories = .oneHot,
    missing: Missing = .error
  ) throws {
    let names = columns ?? table.columns.map(\.name).filter { $0 != target }
    self.features = try names.map { name in
      let column = try table.column(name)
      guard column.kind != .text else {
        throw CajalError(
          .argument, "\(table.name), column '\(name)'", expected: "numbers or categories",
          given: "it holds text (\(column.vocabulary.count) different words in \(table.rowCount) rows)",
          advice: "Leave it out by `columns:`, or read it with `CSVOptions(kinds: [\"\(name)\": .category])`.")
      }
      return try Self.feature(column, isOneHot: categories == .oneHot, table)
    }
    guard !features.isEmpty else {
      throw CajalError(.argument, table.name, expected: "at least one feature column", given: "there is none")
    }
    self.target = try target.map { try Self.feature(try table.column($0), isOneHot: false, table) }
    self.missing = missing
  }

  /// Names of the features as the model sees them, `column=word` for one-hot ones.
  public var featureNames: [String] {
    features.flatMap { feature in feature.isOneHot ? feature.vocabulary.map { "\(feature.name)=\($0)" } : [feature.name]
    }
  }

  /// Names of the classes if the target is a category.
  public var classNames: [String]? { target.flatMap { $0.isNumber ? nil : $0.vocabulary } }

  /// The table's rows as samples: input `float32[features]`, target as described at `init`.
  ///
  /// A table without the target column (new data) gives samples without targets.
  /// Errors: `.value` naming line and column for missing values and for words that the fitted table did not have.
  public func dataset(_ table: Table) throws -> Dataset {
    let used = target.flatMap { target in table.columns.contains { $0.name == target.name } ? target : nil }
    let columns = try (features + (used.map { [$0] } ?? [])).map { try source($0, table) }
    let rows = try keptRows(columns, table)
    let width = features.reduce(0) { $0 + $1.width }
    guard rows.count > 0, rows.count.multipliedReportingOverflow(by: width).partialValue < 1 << 34 else {
      throw CajalError(
        .argument, table.name, expected: "rows with values", given: "\(rows.count) rows of \(width) features are left")
    }
    let inputs = Storage(.float32, count: rows.count * width)
    inputs.withMutableBytes { bytes in
      let values = bytes.assumingMemoryBound(to: Float.self)
      values.update(repeating: 0)
      var first = 0
      for (feature, column) in zip(features, columns) {
        for (position, row) in rows.enumerated() {
          let value = column.values[row]
          if feature.isOneHot {
            values[position * width + first + Int(value)] = 1
          } else {
            values[position * width + first] = Float(value)
          }
        }
        first += feature.width
      }
    }
    let input = try Tensor(inputs, shape: [rows.count, width])
    guard let used, let column = columns.last else { return try Dataset(inputs: input) }
    let wanted = rows.map { column.values[$0] }
    let targets =
      used.isNumber
      ? Tensor(wanted.map { Float($0) }, shape: [rows.count, 1])
      : Tensor(wanted.map { Int32($0) }, shape: [rows.count])
    return try Dataset(inputs: input, targets: targets)
  }

  /// Writes the encoder as JSON.
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try writeFile(path, Array(try encoder.encode(self)))
  }

  /// Reads an encoder that `write(to:)` wrote.
  public static func read(_ path: String) throws -> TableEncoder {
    let bytes = try FileStream(path).readAll(limit: 1 << 28)
    guard let encoder = try? JSONDecoder().decode(TableEncoder.self, from: Data(bytes)), encoder.isSound else {
      throw CajalError(.format, path, expected: "a table encoder written by `write(to:)`", given: "it is not one")
    }
    return encoder
  }

  // MARK: -

  /// Whether what a file says fits together.
  private var isSound: Bool {
    !features.isEmpty
      && (features + (target.map { [$0] } ?? [])).allSatisfy { feature in
        Set(feature.vocabulary).count == feature.vocabulary.count && !(feature.isNumber && feature.isOneHot)
          && (feature.isNumber
            ? feature.fill.isFinite : feature.vocabulary.indices.contains(Int(exactly: feature.fill) ?? -1))
      }
  }

  private struct Source {
    var name: String
    /// Numbers or codes; NaN where missing.
    var values: [Double]
  }

  private static func feature(_ column: Column, isOneHot: Bool, _ table: Table) throws -> Feature {
    guard column.missing.count < table.rowCount else {
      throw CajalError(
        .value, "\(table.name), column '\(column.name)'", expected: "values", given: "all are missing",
        advice: "Leave the column out.")
    }
    if column.kind == .number {
      let present = column.numbers.filter { !$0.isNaN }
      return Feature(
        name: column.name, vocabulary: [], isOneHot: false, fill: present.reduce(0, +) / Double(present.count))
    }
    var counts = [Int](repeating: 0, count: column.vocabulary.count)
    for code in column.codes where code >= 0 { counts[Int(code)] += 1 }
    let most = counts.indices.max { counts[$0] < counts[$1] } ?? 0
    return Feature(name: column.name, vocabulary: column.vocabulary, isOneHot: isOneHot, fill: Double(most))
  }

  /// The column's values under the fitted vocabulary.
  private func source(_ feature: Feature, _ table: Table) throws -> Source {
    let column = try table.column(feature.name)
    var values: [Double]
    if feature.isNumber {
      guard column.kind == .number else {
        let row = column.codes.firstIndex {
          $0 >= 0 && parsedNumber(Array(column.vocabulary[Int($0)].utf8)[...]) == nil
        }
        throw CajalError(
          .value, place(table, row ?? 0, feature.name), expected: "a number",
          given: "it is '\(row.map { column.vocabulary[Int(column.codes[$0])] } ?? "")'")
      }
      values = column.numbers
    } else {
      let known = Dictionary(uniqueKeysWithValues: feature.vocabulary.enumerated().map { ($1, Double($0)) })
      let words = column.kind == .number ? column.numbers.map(Self.word) : []
      values = []
      for row in 0..<table.rowCount {
        let word: String? =
          column.kind == .number
          ? words[row] : column.codes[row] < 0 ? nil : column.vocabulary[Int(column.codes[row])]
        guard let word else {
          values.append(.nan)
          continue
        }
        guard let code = known[word] else {
          throw CajalError(
            .value, place(table, row, feature.name),
            expected: "one of \(feature.vocabulary.prefix(12).joined(separator: ", "))", given: "it is '\(word)'",
            advice: "The encoder was fitted to a table without it.")
        }
        values.append(code)
      }
    }
    if missing != .error, missing != .drop {
      var fill = feature.fill
      if case .value(let given) = missing, feature.isNumber { fill = given }
      for row in column.missing { values[row] = fill }
    }
    return Source(name: feature.name, values: values)
  }

  /// Rows to use, after the policy for missing values.
  private func keptRows(_ columns: [Source], _ table: Table) throws -> [Int] {
    var isComplete = [Bool](repeating: true, count: table.rowCount)
    for column in columns {
      for row in 0..<table.rowCount where column.values[row].isNaN {
        guard missing == .drop else {
          let more = columns.reduce(0) { $0 + $1.values.count { $0.isNaN } } - 1
          throw CajalError(
            .value, place(table, row, column.name), expected: "a value", given: "it is missing",
            advice: (more > 0 ? "So are \(more) other cells. " : "")
              + "Choose what to do with missing values: `missing: .drop`, `.mean` or `.value(0)`.")
        }
        isComplete[row] = false
      }
    }
    return isComplete.indices.filter { isComplete[$0] }
  }

  private func place(_ table: Table, _ row: Int, _ column: String) -> String {
    "\(table.name), line \(table.lines[row]), column '\(column)'"
  }

  /// A number as it would stand in a vocabulary.
  private static func word(_ number: Double) -> String? {
    if number.isNaN { return nil }
    return number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
  }
}
