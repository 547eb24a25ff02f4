/// Curves over a common x axis, such as losses over epochs.
///
/// A value that is not finite leaves a gap. Up to 10 series differ by colour, more by dashes too.
///
///     try LineChart(
///       title: "Training", series: [Series("training", losses), Series("validation", validationLosses)],
///       xLabel: "epoch", yLabel: "loss"
///     ).write(to: "curves.png")
public struct LineChart: Figure {
  public var title: String
  public var series: [Series]
  public var xLabel: String
  public var yLabel: String
  public var xRange: ClosedRange<Double>?
  public var yRange: ClosedRange<Double>?
  public var isYLogarithmic: Bool
  public var size: FigureSize

  public init(
    title: String, series: [Series], xLabel: String = "", yLabel: String = "", xRange: ClosedRange<Double>? = nil,
    yRange: ClosedRange<Double>? = nil, isYLogarithmic: Bool = false,
    size: FigureSize = FigureSize(width: 640, height: 400)
  ) {
    self.title = title
    self.series = series
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.xRange = xRange
    self.yRange = yRange
    self.isYLogarithmic = isYLogarithmic
    self.size = size
  }

  public func draw(into script: inout GnuplotScript) throws(FigureError) {
    if series.isEmpty { throw .badData(figure: "LineChart '\(title)'", problem: "it has no series to draw.") }
    for one in series { try one.check("LineChart '\(title)'", logarithmicY: isYLogarithmic) }
    var axes = Axes(title: title, xLabel: xLabel, yLabel: yLabel, xRange: xRange, yRange: yRange)
    axes.isYLogarithmic = isYLogarithmic
    axes.names = series.map(\.name)
    axes.set(in: &script)
    setSteps(in: &script)
    var parts: [String] = []
    for (index, one) in series.enumerated() {
      let data = script.addData(zip(one.x, one.y).map { [$0, $1] })
      // Few points are marked, so that one epoch alone is seen too.
      let mark = one.x.count <= 15 ? "linespoints pointtype 7 pointsize 0.5" : "lines"
      parts.append(
        "\(data) using 1:2 with \(mark) linewidth 1.6 dashtype \(Look.dash(index)) "
          + "linecolor rgb '\(Look.colour(index))' title \(GnuplotScript.quoted(one.name))")
    }
    script.add("plot " + parts.joined(separator: ", "))
  }

  /// The x axis ends with the data; where it counts a few epochs, every one has its tic and no half epoch has; a few other whole
  /// numbers that lie apart have theirs.
  private func setSteps(in script: inout GnuplotScript) {
    let x = series.flatMap(\.x).filter(\.isFinite)
    guard xRange == nil, let first = x.min(), let last = x.max(), first < last else { return }
    script.add("set xrange [*:*] noextend")
    let isCounting = x.allSatisfy { $0 == $0.rounded() }
    if isCounting && last - first <= 12 {
      script.add("set xtics 1")
    } else if isCounting, case let places = Set(x).sorted(), places.count <= 5,
      zip(places, places.dropFirst()).allSatisfy({ $1 - $0 >= 0.1 * (last - first) })
    {
      script.add("set xtics (\(places.map { "\($0)" }.joined(separator: ", ")))")
    }
  }
}
