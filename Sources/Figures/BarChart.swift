/// One bar per name, from zero, such as accuracy by class or time by kernel. Horizontal bars leave room for long names.
public struct BarChart: Figure {
  public var title: String
  public var names: [String]
  public var values: [Double]
  public var valueLabel: String
  public var isHorizontal: Bool
  public var size: FigureSize

  public init(
    title: String, names: [String], values: [Double], valueLabel: String = "", isHorizontal: Bool = false,
    size: FigureSize? = nil
  ) {
    self.title = title
    self.names = names
    self.values = values
    self.valueLabel = valueLabel
    self.isHorizontal = isHorizontal
    self.size =
      size
      ?? (isHorizontal
        ? FigureSize(width: 640, height: 90 + 24 * min(100, names.count)) : FigureSize(width: 640, height: 400))
  }

  public func draw(into script: inout GnuplotScript) throws(FigureError) {
    if names.count != values.count || names.isEmpty {
      throw .badData(
        figure: "BarChart '\(title)'",
        problem:
          "it has \(names.count) names and \(values.count) values; give one name for each value, and at least one.")
    }
    guard values.contains(where: \.isFinite) else {
      throw .badData(figure: "BarChart '\(title)'", problem: "none of its values is finite.")
    }
    var axes = Axes(title: title)
    if isHorizontal { axes.xLabel = valueLabel } else { axes.yLabel = valueLabel }
    axes.set(in: &script)
    let tics = names.enumerated().map { "\(GnuplotScript.quotedTic($1)) \($0)" }.joined(separator: ", ")
    let fill = "fillstyle solid noborder linecolor rgb '\(Look.colour(0))' notitle"
    let finite = values.filter(\.isFinite)
    let room = max(finite.max() ?? 0, 0) - min(finite.min() ?? 0, 0)
    let top = (finite.max() ?? 0) > 0 ? (finite.max() ?? 0) + 0.04 * room : 0
    let bottom = (finite.min() ?? 0) < 0 ? (finite.min() ?? 0) - 0.04 * room : 0
    let valueRange = top > bottom ? "[\(bottom):\(top)]" : "[0:1]"
    if isHorizontal {
      let longest = names.map(\.count).max() ?? 0
      script.add("set lmargin \(min(40, longest + 2)); unset grid; set grid xtics; set border 1")
      script.add(
        "set ytics (\(tics)) scale 0; set yrange [\(Double(names.count) - 0.5):-0.5]; set xrange \(valueRange)")
      let data = script.addData(values.enumerated().map { [Double($0), $1] })
      script.add("plot \(data) using (0):1:(0):2:($1-0.36):($1+0.36) with boxxyerror \(fill)")
    } else {
      // Names that would run into each other stand slanted.
      let longest = min(24, names.map(\.count).max() ?? 0)
      if (longest + 1) * names.count > (size.width - 80) / 7 {
        script.add("set bmargin \(3 + Double(longest) * 0.24); set xtics rotate by 40 right")
      }
      script.add(
        "set xtics (\(tics)) scale 0; set xrange [-0.6:\(Double(names.count) - 0.4)]; set yrange \(valueRange)")
      script.add("set boxwidth 0.72; set border 1; set ytics scale 0")
      let data = script.addData(values.enumerated().map { [Double($0), $1] })
      script.add("plot \(data) using 1:2 with boxes \(fill)")
      script.add("set xtics norotate")
    }
  }
}
