// Text in columns: how wide it is on a terminal, and how it is cut and filled to a width.

extension String {
  /// Columns that the text takes on a terminal: wide characters (East Asian, emoji) take two, combining marks and style codes none.
  public var displayWidth: Int {
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return utf8.count }
    var width = 0
    var rest = self[...]
    while let character = rest.first {
      if character == "\u{1B}" {
        rest = rest.afterEscapeSequence
      } else {
        width += character.displayWidth
        rest = rest.dropFirst()
      }
    }
    return width
  }

  /// The text with line ends, tabs and other control characters made spaces, so that a name from a file cannot break a line.
  public var onOneLine: String {
    let isClean = unicodeScalars.allSatisfy { !$0.isControl }
    if isClean { return self }
    var scalars = String.UnicodeScalarView()
    var previousWasReturn = false
    for scalar in unicodeScalars {
      if scalar.isControl {
        if !(scalar == "\n" && previousWasReturn) { scalars.append(" ") }
      } else {
        scalars.append(scalar)
      }
      previousWasReturn = scalar == "\r"
    }
    return String(scalars)
  }

  /// The text if it fits into `width` columns, else its beginning and a mark that something is missing.
  ///
  /// Meant for text without style codes.
  public func truncated(to width: Int, mark: String = "…") -> String {
    if displayWidth <= width { return self }
    let room = width - mark.displayWidth
    if room < 0 { return "" }
    var result = ""
    var used = 0
    for character in self {
      let columns = character.displayWidth
      if used + columns > room { break }
      result.append(character)
      used += columns
    }
    return result + mark
  }

  /// The text with spaces after or before it (or both) up to `width` columns.
  public func padded(to width: Int, _ alignment: Alignment = .leading) -> String {
    let missing = width - displayWidth
    if missing <= 0 { return self }
    switch alignment {
    case .leading: return self + String(repeating: " ", count: missing)
    case .trailing: return String(repeating: " ", count: missing) + self
    case .center:
      let before = missing / 2
      return String(repeating: " ", count: before) + self + String(repeating: " ", count: missing - before)
    }
  }
}

/// Where text stands in a wider column.
public enum Alignment: Hashable, Sendable {
  case leading
  case center
  case trailing
}

extension Substring {
  /// What follows a terminal's escape sequence at the start: `ESC [ … letter`, or `ESC` and one character.
  fileprivate var afterEscapeSequence: Substring {
    var rest = dropFirst()
    guard rest.first == "[" else { return rest.dropFirst() }
    rest = rest.dropFirst()
    while let character = rest.first {
      rest = rest.dropFirst()
      if let code = character.asciiValue, (0x40...0x7E).contains(code) { break }
    }
    return rest
  }
}

extension Character {
  /// Columns of one character: 0, 1 or 2.
  fileprivate var displayWidth: Int {
    if let code = asciiValue { return code >= 0x20 && code < 0x7F ? 1 : 0 }
    var width = 0
    for scalar in unicodeScalars {
      if scalar == "\u{FE0F}" { return 2 }
      width = max(width, scalar.displayWidth)
    }
    return width
  }
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  fileprivate var displayWidth: Int {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .control, .format: return 0
    default: break
    }
    if properties.isEmojiPresentation { return 2 }
    return Self.wideRanges.contains { $0.contains(value) } ? 2 : 1
  }

  /// The blocks whose characters are wide or full-width (Unicode Standard Annex 11), without the emoji.
  private static let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
    0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
  ]
}
