import Cajal

/// What a column of a table holds.
public enum ColumnKind: String, Sendable, Codable {
  /// Numbers.
  case number
  /// A few different words.
  case category
  /// Words that hardly repeat: names, remarks, identifiers.
  case text
}

/// One column of a table.
public struct Column: Sendable {
  /// Its title, or `column1`, `column2`, … in a file without titles.
  public var name: String
  /// What it holds.
  public var kind: ColumnKind
  /// Values of a number column, NaN where missing.
  public var numbers: [Double] = []
  /// For other kinds: which word of `vocabulary` each row has, -1 where missing.
  public var codes: [Int32] = []
  /// Different words: in numerical order if all are numbers, else by their bytes.
  public var vocabulary: [String] = []
  /// Rows without a value.
  public var missing: [Int] = []
}

/// Columns of numbers and words with one value per row: what a CSV file holds.
///
/// Example: `let table = try Table(csv: "concrete.csv"); print(table.columns.map(\.name))`
public struct Table: Sendable {
  /// The file, for messages.
  public var name: String
  /// The columns in the file's order.
  public var columns: [Column]
  /// Number of rows, titles not counted.
  public var rowCount: Int
  /// Line of the file on which each row begins, from 1.
  public var lines: [Int]

  /// Errors: `.missing` with the columns there are.
  public func column(_ name: String) throws -> Column {
    guard let found = columns.first(where: { $0.name == name }) else {
      throw CajalError(
        .missing, self.name, expected: "a column '\(name)'",
        given: "the columns are \(columns.map(\.name).joined(separator: ", "))",
        advice: columns.first?.name == "column1" ? "The file was read without a header." : "")
    }
    return found
  }

  /// Reads a file of separated values (plain or gzip); see `CSVOptions`.
  ///
  /// Errors: `.format` with file and line for rows of different lengths, broken quotes, zero bytes, no rows.
  public init(csv path: String, options: CSVOptions = CSVOptions()) throws {
    try self.init(CSVReader(try openStream(path)), options)
  }

  /// Reads separated values that lie in memory.
  public init(csv bytes: [UInt8], name: String = "CSV data", options: CSVOptions = CSVOptions()) throws {
    try self.init(CSVReader(try openStream(bytes, name: name)), options)
  }

  private init(_ reader: CSVReader, _ options: CSVOptions) throws {
    reader.separator = options.separator.flatMap(\.asciiValue) ?? reader.guessSeparator()
    var cells = Cells()
    while try reader.next() {
      guard cells.rowCount == 0 || reader.ends.count == cells.columnCount else {
        throw CajalError(
          .format, "\(reader.name), line \(reader.line)",
          expected: "\(cells.columnCount) fields, as on the first line", given: "there are \(reader.ends.count)",
          advice: "Check quotes and separator, or mend the line.")
      }
      cells.append(reader)
      guard cells.bytes.count <= options.limit else { throw MemoryStream.tooLarge(reader.name, options.limit) }
    }
    let hasHeader = options.header ?? cells.seemsToHaveHeader(options)
    let first = hasHeader ? 1 : 0
    guard cells.rowCount > first else {
      throw CajalError(
        .format, reader.name, expected: "at least one row", given: hasHeader ? "there is only a header" : "it is empty")
    }
    name = reader.name
    rowCount = cells.rowCount - first
    lines = Array(cells.lines[first...])
    let names = hasHeader ? cells.names(row: 0) : (1...cells.columnCount).map { "column\($0)" }
    if let repeated = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
      throw CajalError(
        .format, "\(reader.name), line \(cells.lines[0])", expected: "every column name once",
        given: "'\(repeated)' comes twice")
    }
    columns = names.enumerated().map { index, name in
      cells.column(index, name: name, firstRow: first, options)
    }
    for unknown in options.kinds.keys.sorted() { _ = try column(unknown) }
    for column in columns where options.kinds[column.name] == .number && column.kind != .number {
      throw notANumber(column)
    }
  }

  private func notANumber(_ column: Column) -> CajalError {
    let row = column.codes.firstIndex {
      $0 >= 0 && parsedNumber(Array(column.vocabulary[Int($0)].utf8)[...]) == nil
    }
    return CajalError(
      .format, "\(name), line \(lines[row ?? 0]), column '\(column.name)'", expected: "a number",
      given: "it is '\(row.map { column.vocabulary[Int(column.codes[$0])] } ?? "")'")
  }
}

/// How a file of separated values is read.
public struct CSVOptions: Sendable {
  /// Whether the first line has names; `nil` guesses: it has, if none of its fields is a number or repeats below.
  public var header: Bool?
  /// `nil` guesses among comma, semicolon, tab, bar and (for numbers) spaces.
  public var separator: Character?
  /// Fields that stand for a missing value.
  public var missingMarkers: Set<String>
  /// Kinds of columns that should not be guessed: a class written as a number is `.category`.
  public var kinds: [String: ColumnKind]
  /// Most bytes of all fields together.
  public var limit: Int

  /// How to read a file; everything has a default that guesses.
  public init(
    header: Bool? = nil, separator: Character? = nil,
    missingMarkers: Set<String> = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "?"],
    kinds: [String: ColumnKind] = [:], limit: Int = 4 << 30
  ) {
    self.header = header
    self.separator = separator
    self.missingMarkers = missingMarkers
    self.kinds = kinds
    self.limit = limit
  }
}
