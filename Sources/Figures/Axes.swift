/// The frame that charts share: title, axes, grid, and the list of names.
struct Axes: Sendable {
  var title = ""
  var xLabel = ""
  var yLabel = ""
  var xRange: ClosedRange<Double>?
  var yRange: ClosedRange<Double>?
  var isXLogarithmic = false
  var isYLogarithmic = false
  /// The names of the series, listed above the chart where they fit into one line, else to its right; none if empty.
  var names: [String] = []

  private var showsNamesAbove: Bool {
    names.count > 1 && names.count <= 5 && names.map(\.count).reduce(0, +) + 6 * names.count <= 60
  }

  /// Commands that set the frame, and unset what an earlier panel may have left.
  func set(in script: inout GnuplotScript) {
    script.add("unset label; unset logscale; unset key; set xtics autofreq; set ytics autofreq; unset colorbox")
    script.add("set border 3 linecolor rgb '\(Look.axis)' linewidth 0.7")
    script.add("set tics out nomirror scale 0.5 textcolor rgb '\(Look.ink)'")
    script.add("set grid ytics linetype 1 linecolor rgb '\(Look.grid)' linewidth 0.6")
    script.add("set format '%g'")
    let topLines = (title.isEmpty ? 0.8 : 2.2) + (showsNamesAbove ? 1.4 : 0)
    script.add("set lmargin 10; set rmargin 3; set bmargin \(xLabel.isEmpty ? 2.5 : 3.8); set tmargin \(topLines)")
    if !title.isEmpty {
      let position = "at graph 0, graph 1 offset character -0.3, \(showsNamesAbove ? 2.3 : 1.1)"
      script.add("set label 1 \(GnuplotScript.quoted(title)) \(position) left font ',12' textcolor rgb '#111111'")
    }
    if showsNamesAbove {
      script.add(
        "set key at graph 0, graph 1.015 left bottom Left reverse horizontal maxrows 1 samplen 1.6 "
          + "textcolor rgb '\(Look.ink)'")
    } else if names.count > 1 {
      // gnuplot reckons with wide letters: with less room the names would cover the chart.
      script.add("set rmargin \(8 + min(34, names.map(\.count).max() ?? 0))")
      script.add("set key rmargin top vertical Left reverse samplen 1.6 textcolor rgb '\(Look.ink)'")
    }
    let labelColour = "textcolor rgb '\(Look.ink)'"
    script.add("set xlabel \(GnuplotScript.quoted(xLabel)) \(labelColour)")
    script.add("set ylabel \(GnuplotScript.quoted(yLabel)) \(labelColour)")
    script.add("set xrange \(Self.range(xRange)); set yrange \(Self.range(yRange))")
    if isXLogarithmic { script.add("set logscale x") }
    if isYLogarithmic { script.add("set logscale y") }
  }

  private static func range(_ range: ClosedRange<Double>?) -> String {
    guard let range, range.lowerBound.isFinite, range.upperBound.isFinite, range.lowerBound < range.upperBound else {
      return "[*:*]"
    }
    return "[\(range.lowerBound):\(range.upperBound)]"
  }
}
