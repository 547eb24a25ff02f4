/// Commands for gnuplot, built so that no title, label or number can be read as a command.
public struct GnuplotScript: Sendable {
  /// The commands so far.
  public private(set) var text = ""
  private var blocks = 0

  public init() {}

  /// Adds one command.
  mutating func add(_ command: String) {
    text += command
    text += "\n"
  }

  /// Adds a block of data, one row a line, and returns the name to plot it by. What is not finite becomes a gap.
  mutating func addData(_ rows: some Sequence<[Double]>) -> String {
    blocks += 1
    let name = "$data\(blocks)"
    text += "\(name) << END\n"
    for row in rows {
      text += row.map { $0.isFinite ? "\($0)" : "NaN" }.joined(separator: " ")
      text += "\n"
    }
    text += "END\n"
    return name
  }

  /// Starts the picture: format, size, font, white ground, and the looks that all figures share.
  mutating func setTerminal(_ format: FigureFormat, size: FigureSize) {
    add("set encoding utf8")
    switch format {
    case .png:
      add(
        "set terminal pngcairo noenhanced size \(2 * size.width),\(2 * size.height) background '#ffffff' "
          + "font '\(Look.font)' fontscale 2 linewidth 2 pointscale 2")
    case .svg:
      add(
        "set terminal svg noenhanced dynamic size \(size.width),\(size.height) background '#ffffff' font '\(Look.font)'"
      )
    }
  }

  /// A text as gnuplot reads it back exactly, on one line: in double quotes, with every sign that could mean something to
  /// gnuplot (quotes, backquotes, backslashes, …) given by its octal number.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", " ", ".", ",", ":", "-", "+", "/", "(", ")":
        result.unicodeScalars.append(scalar)
      case "!"..."~":
        let digits = String(scalar.value, radix: 8)
        result += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      default:
        let isBreak = [.control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
        result.unicodeScalars.append(isBreak ? " " : scalar)
      }
    }
    return result + "\""
  }

  /// The same for labels of tics, where gnuplot would take a percent sign for a number's format.
  static func quotedTic(_ text: String) -> String {
    quoted(text.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%"))
  }
}

/// What all figures share: font, colours (told apart by people who see colours differently: Okabe and Ito, 2008; two more, so that
/// ten classes have one each), greys.
enum Look {
  static let font = "DejaVu Sans,10"
  static let palette = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8b6f00", "#7b3fa0", "#999999",
  ]
  static let ink = "#333333"
  static let axis = "#888888"
  static let grid = "#e4e4e4"

  static func colour(_ index: Int) -> String { palette[index % palette.count] }

  /// Dashes tell apart what colours alone no longer can.
  static func dash(_ index: Int) -> Int { 1 + (index / palette.count) % 5 }
}
