#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What is known about the place that text is written to: whether a person watches it, and what it can show.
///
/// Decided once per look from the file descriptor and the environment:
/// - `NO_COLOR` (set and not empty) or `TERM=dumb` switches colours off; `CLICOLOR_FORCE` (set, not `0`) switches them on even
///   where nobody watches; otherwise they are on where a terminal is.
/// - The width, in columns, is the terminal's, else `COLUMNS`, else 80.
/// - Characters beyond ASCII are used unless `LC_ALL`, `LC_CTYPE` or `LANG` (the first one set) names another encoding
///   than UTF-8.
public struct Terminal: Hashable, Sendable {
  /// True where a person watches and a line can be drawn again; false for files, pipes and `TERM=dumb`.
  public var isInteractive: Bool
  /// Columns of one line, at least 20.
  public var width: Int
  /// Whether text may be coloured, bold or dim.
  public var allowsStyle: Bool
  /// Whether characters beyond ASCII may be used (rules, bars, the `…` of a cut text).
  public var allowsUnicode: Bool

  public init(isInteractive: Bool, width: Int = 80, allowsStyle: Bool = false, allowsUnicode: Bool = true) {
    self.isInteractive = isInteractive
    self.width = max(20, width)
    self.allowsStyle = allowsStyle
    self.allowsUnicode = allowsUnicode
  }

  /// A plain place: nobody watches, no colours, 80 columns.
  public static let plain = Terminal(isInteractive: false)

  /// The facts about a file descriptor (1 is standard output, 2 standard error), looked up now.
  public init(fileDescriptor: Int32, environment: (String) -> String? = Terminal.environmentVariable) {
    var size = winsize()
    let known = ioctl(fileDescriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    self.init(
      isTerminal: isatty(fileDescriptor) == 1, columns: known ? Int(size.ws_col) : nil, environment: environment)
  }

  /// The same decision from facts that are given; for tests, and for places that are not file descriptors.
  public init(isTerminal: Bool, columns: Int?, environment: (String) -> String?) {
    func value(_ name: String) -> String? {
      guard let text = environment(name), !text.isEmpty else { return nil }
      return text
    }
    let isDumb = value("TERM") == "dumb"
    let isForced = value("CLICOLOR_FORCE").map { $0 != "0" } ?? false
    let mayStyle = value("NO_COLOR") == nil && !isDumb
    let encoding = (value("LC_ALL") ?? value("LC_CTYPE") ?? value("LANG"))?.lowercased()
    self.init(
      isInteractive: isTerminal && !isDumb,
      width: columns ?? value("COLUMNS").flatMap { Int($0) } ?? 80,
      allowsStyle: mayStyle && (isTerminal || isForced),
      allowsUnicode: encoding.map { $0.hasSuffix("utf-8") || $0.hasSuffix("utf8") } ?? true)
  }

  /// The value of a variable of this process's environment, `nil` if it is not set.
  public static func environmentVariable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
