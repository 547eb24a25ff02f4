/// A picture of numbers that is written to a file as PNG (at twice the nominal size, for sharp screens) or SVG.
///
/// Drawn by the program gnuplot, which is looked for when a figure is written; the data goes to it through a pipe, and the file
/// appears whole or not at all.
public protocol Figure: Sendable {
  /// Width and height in points; a PNG has twice as many pixels each way.
  var size: FigureSize { get }
  /// The commands for gnuplot that draw the figure; throws `FigureError.badData` where the data does not fit together.
  func draw(into script: inout GnuplotScript) throws(FigureError)
}

/// Width and height of a figure in points, each kept within 100...4,000.
public struct FigureSize: Hashable, Sendable {
  public let width: Int
  public let height: Int

  public init(width: Int, height: Int) {
    self.width = min(4_000, max(100, width))
    self.height = min(4_000, max(100, height))
  }
}

/// The file formats of figures.
public enum FigureFormat: String, CaseIterable, Sendable {
  case png
  case svg

  /// The format that a path asks for by how it ends.
  init(path: String) throws(FigureError) {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: "."),
      let format = FigureFormat(rawValue: name[name.index(after: dot)...].lowercased())
    else {
      throw .unsupportedFormat(path: path, supported: Self.allCases.map { "." + $0.rawValue })
    }
    self = format
  }
}

extension Figure {
  /// Draws the figure into a file; the path ends in `.png` or `.svg`.
  ///
  /// - Parameters:
  ///   - path: the file, replaced if it exists; its directory must exist.
  ///   - searchPath: directories to look for gnuplot in, separated by colons; `PATH` by default.
  public func write(to path: String, searchPath: String? = nil) throws(FigureError) {
    let format = try FigureFormat(path: path)
    try writeFile(path, contents: rendered(as: format, searchPath: searchPath))
  }

  /// The figure as the bytes of a file.
  public func rendered(as format: FigureFormat, searchPath: String? = nil) throws(FigureError) -> [UInt8] {
    var script = GnuplotScript()
    script.setTerminal(format, size: size)
    try draw(into: &script)
    let drawn = try Gnuplot(searchPath: searchPath).run(script)
    return format == .png ? try PixelImage(png: drawn).pngEncoded(isApproximate: true) : drawn
  }
}
