/// Why a figure could not be made.
public enum FigureError: Error, Hashable, Sendable {
  /// The program that draws is not on this machine.
  case gnuplotMissing
  /// The program that draws stopped with a message.
  case gnuplotFailed(message: String)
  /// What was to be drawn does not fit together.
  case badData(figure: String, problem: String)
  /// The name of the file does not end in a format that the figure has.
  case unsupportedFormat(path: String, supported: [String])
  /// The file could not be written.
  case cannotWrite(path: String, reason: String)
}

extension FigureError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .gnuplotMissing:
      "Figures are drawn by gnuplot, which is not on the PATH. Install it: apt-get install gnuplot-nox"
    case .gnuplotFailed(let message):
      "gnuplot could not draw the figure: \(message)"
    case .badData(let figure, let problem):
      "\(figure): \(problem)"
    case .unsupportedFormat(let path, let supported):
      "\(path): the name of a figure's file ends in \(supported.joined(separator: " or ")); choose such a name."
    case .cannotWrite(let path, let reason):
      "\(path): cannot write the figure: \(reason). Check that the directory exists, may be written to and has room."
    }
  }
}
