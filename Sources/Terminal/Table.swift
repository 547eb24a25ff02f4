/// Rows and columns of text, as wide as their content.
///
/// Numbers stand to the right, text to the left; a column whose cells are all numbers has its header to the right too.
/// Where the terminal is too narrow, the widest column of text is cut; in files nothing is.
///
///     var table = Table(["Layer", "Output shape", "Parameters"])
///     table.addRow(["conv (Conv2D)", "[batch, 26, 26, 32]", 320])
///     print(table.rendered(for: terminal))
public struct Table: Sendable {
  /// How the parts are set apart.
  public enum Rules: Hashable, Sendable {
    /// Thin lines, drawn with `─` or, where only ASCII can be shown, with `-`.
    case lines
    /// Always `-`.
    case ascii
    /// A table in Markdown.
    case markdown
    /// Spaces only.
    case none
  }

  /// What one cell holds.
  public enum Cell: Hashable, Sendable {
    case text(String, style: Style = .plain)
    case integer(Int, style: Style = .plain)
    case number(Double, digits: Int, style: Style = .plain)
    case empty
  }

  /// The heads of the columns, which also fix how many columns there are.
  public let headers: [String]
  /// Where the cells of each column stand; `nil` decides by what they hold.
  public var alignments: [Alignment?]
  public var rules: Rules = .lines
  public private(set) var rows: [[Cell]] = []
  /// Rows apart at the end, such as totals.
  public private(set) var footers: [[Cell]] = []

  public init(_ headers: [String], alignments: [Alignment?] = [], rules: Rules = .lines) {
    self.headers = headers
    self.alignments = alignments
    self.rules = rules
  }

  /// Adds a row; cells that are missing at its end are empty, and cells beyond the last column are left out.
  public mutating func addRow(_ cells: [Cell]) {
    rows.append(fitted(cells))
  }

  /// Adds a row below the last rule.
  public mutating func addFooter(_ cells: [Cell]) {
    footers.append(fitted(cells))
  }

  private func fitted(_ cells: [Cell]) -> [Cell] {
    Array(cells.prefix(headers.count)) + Array(repeating: .empty, count: max(0, headers.count - cells.count))
  }

  /// The table as text, each line ended.
  public func rendered(for terminal: Terminal = .plain) -> String {
    if headers.isEmpty { return "" }
    let alignments = headers.indices.map { alignment(ofColumn: $0) }
    let gap = rules == .markdown ? 3 : 2
    var widths = headers.indices.map { width(ofColumn: $0) }
    if rules != .markdown && terminal.isInteractive {
      narrow(&widths, to: terminal.width - gap * (widths.count - 1))
    }

    let mark = terminal.allowsUnicode && rules != .ascii ? "…" : "~"
    func line(_ cells: [Cell]) -> String {
      let parts = cells.indices.map { column -> String in
        let text = cells[column].text(escaped: rules == .markdown).truncated(to: widths[column], mark: mark)
        let styled = rules == .markdown ? text : cells[column].style.applied(to: text, in: terminal)
        return styled.padded(to: widths[column], alignments[column])
      }
      if rules == .markdown { return "| " + parts.joined(separator: " | ") + " |\n" }
      return parts.joined(separator: "  ").withoutTrailingSpaces + "\n"
    }

    let head = headers.map { Cell.text($0, style: .bold) }
    var result = headers.allSatisfy(\.isEmpty) && rules != .markdown ? "" : line(head)
    let rule = ruleLine(widths: widths, alignments: alignments, unicode: terminal.allowsUnicode)
    if !result.isEmpty { result += rule }
    for row in rows { result += line(row) }
    if !footers.isEmpty && rules != .markdown { result += rule }
    for row in footers { result += line(row) }
    return result
  }

  private func ruleLine(widths: [Int], alignments: [Alignment], unicode: Bool) -> String {
    let total = widths.reduce(0, +) + 2 * (widths.count - 1)
    switch rules {
    case .none: return ""
    case .ascii: return String(repeating: "-", count: total) + "\n"
    case .lines: return String(repeating: unicode ? "─" : "-", count: total) + "\n"
    case .markdown:
      let parts = widths.indices.map { column -> String in
        let dashes = String(repeating: "-", count: widths[column])
        switch alignments[column] {
        case .leading: return ":" + dashes + "-"
        case .center: return ":" + dashes + ":"
        case .trailing: return "-" + dashes + ":"
        }
      }
      return "|" + parts.joined(separator: "|") + "|\n"
    }
  }

  private func alignment(ofColumn column: Int) -> Alignment {
    if column < alignments.count, let chosen = alignments[column] { return chosen }
    let filled = (rows + footers).map { $0[column] }.filter { $0 != .empty }
    return !filled.isEmpty && filled.allSatisfy(\.isNumber) ? .trailing : .leading
  }

  private func width(ofColumn column: Int) -> Int {
    let cells = (rows + footers).map { $0[column].text(escaped: rules == .markdown).displayWidth }
    let least = rules == .markdown ? 3 : 1
    return max(least, Cell.text(headers[column]).text(escaped: rules == .markdown).displayWidth, cells.max() ?? 0)
  }

  /// Takes columns from the widest column of text until all fit; no column gets narrower than 8 for it.
  private func narrow(_ widths: inout [Int], to room: Int) {
    let cuttable = headers.indices.filter { alignment(ofColumn: $0) != .trailing }
    while widths.reduce(0, +) > room {
      guard let widest = cuttable.max(by: { widths[$0] < widths[$1] }), widths[widest] > 8 else { return }
      widths[widest] -= 1
    }
  }
}

extension Table.Cell: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
}

extension Table.Cell {
  var isNumber: Bool {
    switch self {
    case .integer, .number: true
    case .text, .empty: false
    }
  }

  var style: Style {
    switch self {
    case .text(_, let style), .integer(_, let style), .number(_, _, let style): style
    case .empty: .plain
    }
  }

  /// What the cell shows; `escaped` makes it safe inside a Markdown table.
  func text(escaped: Bool) -> String {
    switch self {
    case .empty: return ""
    case .integer(let value, _): return Format.count(value)
    case .number(let value, let digits, _): return value.isFinite ? Format.fixed(value, digits: digits) : "\(value)"
    case .text(let text, _):
      let line = text.onOneLine
      if !escaped || !line.contains("|") { return line }
      return line.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
  }
}

extension String {
  var withoutTrailingSpaces: String {
    var end = endIndex
    while end > startIndex, self[index(before: end)] == " " { end = index(before: end) }
    return String(self[..<end])
  }
}
