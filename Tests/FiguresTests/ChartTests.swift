import CajalFigures
import Testing

/// Every kind of figure, as a person would ask for it.
enum Gallery {
  static let epochs: [Double] = (1...20).map { Double($0) }
  static let losses: [Double] = epochs.map { 2.2 / ($0 + 0.3) + 0.02 }

  static let loss = LineChart(
    title: "Loss", series: [Series("training", losses), Series("validation", losses.map { $0 * 1.15 + 0.03 })],
    xLabel: "epoch", yLabel: "cross-entropy (nats)")

  static var accuracy: LineChart {
    let training: [Double] = epochs.map { 1 - 0.6 / ($0 + 0.5) }
    let validation: [Double] = training.map { $0 - 0.015 }
    return LineChart(
      title: "Accuracy", series: [Series("training", training), Series("validation", validation)], xLabel: "epoch",
      yRange: 0...1)
  }

  static var manySeries: LineChart {
    let series: [Series] = (0..<12).map { index in
      let factor = 1 + Double(index) / 4
      return Series("optimizer \(index)", losses.map { $0 * factor })
    }
    return LineChart(
      title: "Twelve optimizers", series: series, xLabel: "epoch", yLabel: "loss", isYLogarithmic: true)
  }

  static var scatter: ScatterChart {
    let series: [Series] = (0..<4).map { group in
      var (x, y): ([Double], [Double]) = ([], [])
      for point in 0..<150 {
        let angle = Double(point) * 2.399 + Double(group)
        let radius = (Double(point) / 150).squareRoot()
        x.append(radius * angle.cosine + Double(group % 2) * 1.6)
        y.append(radius * (angle + 1.5708).cosine + Double(group / 2) * 1.6)
      }
      return Series("digit \(group)", x: x, y: y)
    }
    return ScatterChart(title: "Two components of the code", series: series, xLabel: "first", yLabel: "second")
  }

  static var diagonal: ScatterChart {
    let series = Series("", x: losses, y: losses.map { $0 * 0.9 + 0.05 })
    return ScatterChart(
      title: "Predicted strength of concrete", series: [series], xLabel: "measured (MPa)", yLabel: "predicted (MPa)",
      showsDiagonal: true)
  }

  static var classBars: BarChart {
    let values: [Double] = (0..<10).map { 0.9 + Double($0 % 4) / 50 }
    return BarChart(
      title: "Accuracy by class", names: (0..<10).map { "\($0)" }, values: values, valueLabel: "accuracy")
  }

  static let longBars = BarChart(
    title: "Time by layer", names: ["block1/convolution", "block1/normalization", "block2/convolution", "dense"],
    values: [12.5, 1.25, -4, 0.3], valueLabel: "ms")

  static let horizontalBars = BarChart(
    title: "Time by kernel", names: ["convolution", "matrix product", "pooling 50 % {a_b}", "softmax"],
    values: [12.5, 6.25, 1, 0.3], valueLabel: "ms", isHorizontal: true)

  static var confusion: HeatMap {
    var counts: [[Int]] = []
    for row in 0..<10 {
      counts.append((0..<10).map { row == $0 ? 30 + row : (row * 7 + $0 * 3).isMultiple(of: 11) ? 2 : 0 })
    }
    return HeatMap.confusionMatrix(counts)
  }

  static let confusionOfNames = HeatMap.confusionMatrix(
    [[9, 1, 0], [2, 7, 1], [0, 3, 120]], labels: ["T-shirt/top", "trouser", "ankle boot"], title: "Clothes")

  static var attention: HeatMap {
    let values: [[Double]] = (0..<30).map { row in
      (0..<40).map { column in
        let distance = Double(row - column)
        return 1 / (1 + distance * distance / 8)
      }
    }
    return HeatMap(title: "Attention", values: values, xLabel: "source", yLabel: "target")
  }

  static let figures: [(String, any Figure)] = [
    ("line", loss),
    ("few-points", LineChart(title: "", series: [Series("a", [3, 1, 2])], xLabel: "epoch", yLabel: "loss")),
    ("many-series", manySeries),
    ("panels", Panels([loss, accuracy])),
    ("scatter", scatter),
    ("diagonal", diagonal),
    ("bars", classBars),
    ("long-bars", longBars),
    ("horizontal-bars", horizontalBars),
    ("confusion", confusion),
    ("confusion-names", confusionOfNames),
    ("heat-map", attention),
  ]
}

extension Double {
  /// Cosine by its series, so that the pictures need no mathematics library.
  fileprivate var cosine: Double {
    let angle = remainder(dividingBy: 2 * .pi)
    var (term, sum) = (1.0, 1.0)
    for step in 1...12 {
      term *= -angle * angle / Double((2 * step - 1) * 2 * step)
      sum += term
    }
    return sum
  }
}

@Suite struct ChartTests {
  @Test(arguments: Gallery.figures.map(\.0))
  func pngAtTwiceTheSize(name: String) throws {
    let figure = try #require(Gallery.figures.first { $0.0 == name }).1
    let scratch = try ScratchDirectory()
    try figure.write(to: scratch.file("\(name).png"))
    #expect(pngSize(try scratch.bytes("\(name).png")) == [2 * figure.size.width, 2 * figure.size.height])
  }

  @Test func svgHoldsTheWords() throws {
    let scratch = try ScratchDirectory()
    try Gallery.loss.write(to: scratch.file("loss.svg"))
    let text = String(decoding: try scratch.bytes("loss.svg"), as: UTF8.self)
    #expect(text.contains("<svg") && text.contains("</svg>"))
    #expect(text.contains("cross-entropy (nats)") && text.contains("validation"))
  }

  @Test func valuesThatAreNotFiniteLeaveGaps() throws {
    let chart = LineChart(title: "gaps", series: [Series("loss", [1, .nan, .infinity, 0.5])])
    #expect(pngSize(try chart.rendered(as: .png)) == [1_280, 800])
    let map = HeatMap(title: "gaps", values: [[.nan, 1], [1, 1]])
    #expect(pngSize(try map.rendered(as: .png)) != nil)
  }

  @Test(arguments: [
    "it's `touch harm`", "a'; system('touch harm'); print '", "x\n!touch harm", "\"$(touch harm)\" \\",
    "100 % {a_b}^2 @v",
    "END", "数字 µ", "'", "",
  ])
  func wordsAreNeverCommands(title: String) throws {
    let scratch = try ScratchDirectory()
    let chart = LineChart(
      title: title, series: [Series(title, [1, 2]), Series(title, [2, 1])], xLabel: title, yLabel: title)
    let svg = String(decoding: try chart.rendered(as: .svg), as: UTF8.self)
    #expect(svg.contains("</svg>"))
    let bars = BarChart(title: title, names: [title, "b"], values: [1, 2], valueLabel: title)
    let drawn = String(decoding: try bars.rendered(as: .svg), as: UTF8.self)
    if title.contains("%") { #expect(drawn.contains("100 % {a_b}^2 @v")) }
    try HeatMap(title: title, values: [[1]], rowLabels: [title], annotations: [[title]])
      .write(to: scratch.file("map.png"))
    #expect(try scratch.names.contains("map.png"))
    #expect(!FileSystem.exists("harm"))
  }

  @Test func badDataSaysWhatIsWrong() {
    expect("LineChart 'a': it has no series to draw.") { try LineChart(title: "a", series: []).rendered(as: .png) }
    expect("LineChart 'a': series 's' has 2 x values but 1 y values; give as many of both.") {
      try LineChart(title: "a", series: [Series("s", x: [1, 2], y: [1])]).rendered(as: .png)
    }
    expect("LineChart 'a': series 's' has no point to draw: it is empty, or no value is finite.") {
      try LineChart(title: "a", series: [Series("s", [.nan])]).rendered(as: .png)
    }
    expect(
      "LineChart 'a': series 's' has no point to draw: it is empty, or no value is finite and above 0, "
        + "as a logarithmic axis needs."
    ) {
      try LineChart(title: "a", series: [Series("s", [0, -1])], isYLogarithmic: true).rendered(as: .png)
    }
    expect("BarChart 'a': it has 1 names and 0 values; give one name for each value, and at least one.") {
      try BarChart(title: "a", names: ["x"], values: []).rendered(as: .png)
    }
    expect("HeatMap 'a': its rows have [1, 2] values; all rows must have the same number, at least one.") {
      try HeatMap(title: "a", values: [[1], [1, 2]]).rendered(as: .png)
    }
    expect("Panels: there is no figure to draw.") { try Panels([]).rendered(as: .png) }
  }

  private func expect(_ message: String, from make: () throws -> [UInt8]) {
    let error = #expect(throws: FigureError.self) { _ = try make() }
    #expect(error.map { "\($0)" } == message)
  }
}
