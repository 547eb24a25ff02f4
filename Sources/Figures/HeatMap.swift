/// A matrix as colours, row 0 on top, such as attention weights, correlations or a confusion matrix.
public struct HeatMap: Figure {
  public var title: String
  /// Rows from the top, all of one length. What is not finite stays grey.
  public var values: [[Double]]
  public var rowLabels: [String]
  public var columnLabels: [String]
  public var xLabel: String
  public var yLabel: String
  /// The text inside each cell; none if `nil`.
  public var annotations: [[String]]?
  /// What the lightest and darkest colour stand for; the lowest and highest value by default.
  public var range: ClosedRange<Double>?
  public var showsScale: Bool
  public var size: FigureSize

  public init(
    title: String, values: [[Double]], rowLabels: [String] = [], columnLabels: [String] = [], xLabel: String = "",
    yLabel: String = "", annotations: [[String]]? = nil, range: ClosedRange<Double>? = nil, showsScale: Bool = true,
    size: FigureSize = FigureSize(width: 560, height: 480)
  ) {
    self.title = title
    self.values = values
    self.rowLabels = rowLabels
    self.columnLabels = columnLabels
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.annotations = annotations
    self.range = range
    self.showsScale = showsScale
    self.size = size
  }

  /// How often each true class (row) was taken for each class (column); colours are shares of the row, numbers are counts.
  ///
  /// - Parameters:
  ///   - counts: `counts[true][predicted]`, square.
  ///   - labels: the names of the classes, or none for their numbers.
  ///   - title: above the map.
  public static func confusionMatrix(_ counts: [[Int]], labels: [String] = [], title: String = "Confusion matrix")
    -> HeatMap
  {
    let names = counts.indices.map { $0 < labels.count ? labels[$0] : "\($0)" }
    let shares = counts.map { row -> [Double] in
      let total = row.reduce(0, +)
      return row.map { total == 0 ? 0 : Double($0) / Double(total) }
    }
    return HeatMap(
      title: title, values: shares, rowLabels: names, columnLabels: names, xLabel: "predicted", yLabel: "true",
      annotations: counts.map { $0.map { $0 == 0 ? "" : "\($0)" } }, range: 0...1, showsScale: false,
      size: FigureSize(
        width: 140 + 40 * min(30, max(6, counts.count)), height: 110 + 36 * min(30, max(6, counts.count))))
  }

  public func draw(into script: inout GnuplotScript) throws(FigureError) {
    let columns = values.first?.count ?? 0
    if columns == 0 || values.contains(where: { $0.count != columns }) {
      throw .badData(
        figure: "HeatMap '\(title)'",
        problem:
          "its rows have \(Set(values.map(\.count)).sorted()) values; all rows must have the same number, at least one."
      )
    }
    let finite = values.joined().filter(\.isFinite)
    var (lowest, highest) = (range?.lowerBound ?? finite.min() ?? 0, range?.upperBound ?? finite.max() ?? 1)
    if !(lowest < highest) { (lowest, highest) = (lowest - 0.5, lowest + 0.5) }

    var axes = Axes(title: title, xLabel: xLabel, yLabel: yLabel)
    axes.xRange = -0.5...(Double(columns) - 0.5)
    axes.set(in: &script)
    script.add("unset grid; set border 0; set tics scale 0; set yrange [\(Double(values.count) - 0.5):-0.5]")
    script.add("set palette defined (0 '#f7fbff', 0.25 '#c6dbef', 0.5 '#6baed6', 0.75 '#2171b5', 1 '#08306b')")
    script.add("set cbrange [\(lowest):\(highest)]")
    if showsScale { script.add("set rmargin 8; set colorbox; set cbtics out scale 0.5") }
    addTics("x", columnLabels, columns, in: &script)
    addTics("y", rowLabels, values.count, in: &script)
    if let longest = rowLabels.map(\.count).max() {
      script.add("set lmargin \(min(30, longest + 5))")
    }
    let cells = script.addData(
      values.enumerated().flatMap { row, line in line.enumerated().map { [Double($0), Double(row), $1] } })
    script.add(
      "set object 1 rectangle from graph 0, graph 0 to graph 1, graph 1 behind fillcolor rgb '#dddddd' fillstyle solid noborder"
    )
    addAnnotations(columns: columns, lowest: lowest, highest: highest, in: &script)
    script.add(
      "plot \(cells) using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror "
        + "fillstyle solid noborder linecolor palette notitle")
    script.add("unset object 1; unset colorbox; set tics scale 0.5")
  }

  /// Names along an axis; where there are none, numbers, thinned out where they are many.
  private func addTics(_ axis: String, _ names: [String], _ count: Int, in script: inout GnuplotScript) {
    if names.isEmpty && count > 20 { return }
    let tics = (0..<count).map { "\(GnuplotScript.quotedTic($0 < names.count ? names[$0] : "\($0)")) \($0)" }
    var rotation = ""
    let longest = min(24, names.map(\.count).max() ?? 0)
    if axis == "x", (longest + 1) * count > (size.width - 130) / 7 {
      script.add("set bmargin \((xLabel.isEmpty ? 1.5 : 3.0) + Double(longest) * 0.36)")
      rotation = "rotate by 45 right "
    }
    script.add("set \(axis)tics \(rotation)(\(tics.joined(separator: ", ")))")
  }

  private func addAnnotations(columns: Int, lowest: Double, highest: Double, in script: inout GnuplotScript) {
    guard let annotations else { return }
    var number = 10
    for (row, texts) in annotations.prefix(values.count).enumerated() {
      for (column, text) in texts.prefix(columns).enumerated() where !text.isEmpty {
        let isDark = (values[row][column] - lowest) / (highest - lowest) > 0.5
        let colour = isDark ? "#ffffff" : Look.ink
        script.add(
          "set label \(number) \(GnuplotScript.quoted(text)) at \(column),\(row) center front textcolor rgb '\(colour)'"
        )
        number += 1
      }
    }
  }
}
