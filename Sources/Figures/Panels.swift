/// Several figures in one picture, row by row, such as loss and accuracy side by side.
public struct Panels: Figure {
  public var figures: [any Figure]
  public var columns: Int
  public var size: FigureSize

  /// - Parameters:
  ///   - figures: at least one; each is drawn into an equal part, whatever its own size.
  ///   - columns: how many stand side by side.
  ///   - size: of the whole; by default wide enough for each figure's own size.
  public init(_ figures: [any Figure], columns: Int = 2, size: FigureSize? = nil) {
    self.figures = figures
    self.columns = min(max(1, columns), max(1, figures.count))
    let rows = (figures.count + self.columns - 1) / self.columns
    self.size =
      size
      ?? FigureSize(
        width: self.columns * (figures.map(\.size.width).max() ?? 500) * 4 / 5,
        height: max(1, rows) * (figures.map(\.size.height).max() ?? 400) * 4 / 5)
  }

  public func draw(into script: inout GnuplotScript) throws(FigureError) {
    if figures.isEmpty { throw .badData(figure: "Panels", problem: "there is no figure to draw.") }
    let rows = (figures.count + columns - 1) / columns
    script.add("set multiplot layout \(rows),\(columns)")
    for figure in figures { try figure.draw(into: &script) }
    script.add("unset multiplot")
  }
}
