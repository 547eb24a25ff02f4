/// How text looks on a terminal: bold, dim, a colour, or several together.
///
/// Example: `print(Style.bold.applied(to: "98.7 %", in: terminal))`
public struct Style: Hashable, Sendable {
  /// The codes of the terminal's "select graphic rendition" command, in the order they were given.
  let codes: [UInt8]

  public static let plain = Style(codes: [])
  public static let bold = Style(codes: [1])
  public static let dim = Style(codes: [2])
  public static let underlined = Style(codes: [4])
  public static let red = Style(codes: [31])
  public static let green = Style(codes: [32])
  public static let yellow = Style(codes: [33])
  public static let blue = Style(codes: [34])
  public static let magenta = Style(codes: [35])
  public static let cyan = Style(codes: [36])

  /// Both styles at once: `Style.bold.with(.green)`.
  public func with(_ other: Style) -> Style {
    Style(codes: codes + other.codes)
  }

  /// The text in this style where the terminal allows it, else the text as it is.
  public func applied(to text: String, in terminal: Terminal) -> String {
    if codes.isEmpty || text.isEmpty || !terminal.allowsStyle { return text }
    let selection = codes.map { String($0) }.joined(separator: ";")
    return "\u{1B}[\(selection)m\(text)\u{1B}[0m"
  }
}
