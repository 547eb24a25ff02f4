/// Points in a plane, one colour and shape per series, such as two components of a representation by class.
public struct ScatterChart: Figure {
  public var title: String
  public var series: [Series]
  public var xLabel: String
  public var yLabel: String
  public var xRange: ClosedRange<Double>?
  public var yRange: ClosedRange<Double>?
  /// Draws the line y = x, for predictions over true values.
  public var showsDiagonal: Bool
  public var size: FigureSize

  public init(
    title: String, series: [Series], xLabel: String = "", yLabel: String = "", xRange: ClosedRange<Double>? = nil,
    yRange: ClosedRange<Double>? = nil, showsDiagonal: Bool = false,
    size: FigureSize = FigureSize(width: 560, height: 480)
  ) {
    self.title = title
    self.series = series
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.xRange = xRange
    self.yRange = yRange
    self.showsDiagonal = showsDiagonal
    self.size = size
  }

  public func draw(into script: inout GnuplotScript) throws(FigureError) {
    if series.isEmpty { throw .badData(figure: "ScatterChart '\(title)'", problem: "it has no series to draw.") }
    for one in series { try one.check("ScatterChart '\(title)'") }
    var axes = Axes(title: title, xLabel: xLabel, yLabel: yLabel, xRange: xRange, yRange: yRange)
    axes.names = series.map(\.name)
    axes.set(in: &script)
    script.add("set grid xtics")
    var parts: [String] = []
    if showsDiagonal {
      let values = series.flatMap { $0.x + $0.y }.filter(\.isFinite)
      let ends = [values.min() ?? 0, values.max() ?? 1]
      let data = script.addData(ends.map { [$0, $0] })
      parts.append("\(data) using 1:2 with lines linewidth 0.8 dashtype 2 linecolor rgb '\(Look.axis)' notitle")
    }
    // Many points are small and clear, so that crowds show as darker places.
    let most = series.map(\.x.count).max() ?? 0
    let (pointSize, opacity) = most > 2_000 ? (0.25, "90") : most > 300 ? (0.4, "50") : (0.6, "20")
    for (index, one) in series.enumerated() {
      let data = script.addData(zip(one.x, one.y).map { [$0, $1] })
      let colour = "#\(opacity)" + Look.colour(index).dropFirst()
      let shape = [7, 5, 9, 11, 13][(index / Look.palette.count) % 5]
      parts.append(
        "\(data) using 1:2 with points pointtype \(shape) pointsize \(pointSize) linecolor rgb '\(colour)' "
          + "notitle")
      // The key shows the colour as it is, in a point large enough to tell it.
      if !one.name.isEmpty {
        parts.append(
          "NaN with points pointtype \(shape) pointsize \(max(pointSize, 0.8)) linecolor rgb '\(Look.colour(index))' "
            + "title \(GnuplotScript.quoted(one.name))")
      }
    }
    script.add("plot " + parts.joined(separator: ", "))
  }
}
