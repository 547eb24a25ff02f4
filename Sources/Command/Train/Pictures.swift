import Cajal
import CajalData
import CajalFigures
import Foundation

/// The pictures of a run, and an example to try the model on.
struct Pictures {
  /// The most mistakes on one picture.
  private static let mostMistakes = 30

  let task: TrainingTask
  let data: TaskData
  let report: Report
  let history: History
  let folder: OutputFolder

  init(_ task: TrainingTask, _ data: TaskData, _ report: Report, _ history: History, _ folder: OutputFolder) {
    self.task = task
    self.data = data
    self.report = report
    self.history = history
    self.folder = folder
  }

  /// Writes all there is to show; without gnuplot only what needs no letters, and says so.
  func write(note: (String) -> Void) throws -> [(name: String, meaning: String)] {
    var files: [(name: String, meaning: String)] = []
    var isMissing = false
    var failures: [String] = []
    func attempt(_ name: String, _ meaning: String, _ draw: (String) throws -> Bool) throws {
      do {
        if try draw(folder.file(name)) { files.append((name, meaning)) }
      } catch {
        switch error as? FigureError {
        case .gnuplotMissing: isMissing = true
        case .gnuplotFailed(let message): failures.append("\(name): \(message)")
        default: throw error
        }
      }
    }
    try attempt("curves.png", "how training went") { try drawCurves($0) }
    switch task.answers {
    case .classes:
      try attempt("confusion.png", "which class was taken for which") { path in
        let matrix = try report.confusion()
        try HeatMap.confusionMatrix(matrix.counts, labels: matrix.classes, title: "Held-out \(task.samples)").write(
          to: path)
        return true
      }
    case .number(let unit):
      try attempt("predictions.png", "answers against the truth") { path in
        try ScatterChart(
          title: "Held-out \(task.samples)",
          series: [Series("\(task.samples)", x: report.truths.map(Double.init), y: report.outputs.map(Double.init))],
          xLabel: "true \(unit)", yLabel: "predicted \(unit)", showsDiagonal: true
        ).write(to: path)
        return true
      }
    }
    if isPicture {
      try attempt("mistakes.png", "the first ones it got wrong: true → answered") { try drawMistakes($0) }
    }
    if let example {
      try writeExample(folder.file(example))
      files.append((example, "held-out \(task.samples) to try it on"))
    }
    if isMissing { note("\nSome pictures were not drawn: gnuplot is not on the PATH (apt-get install gnuplot-nox).") }
    for failure in failures { note("\nNot drawn: \(failure)") }
    return files
  }

  private var imageShape: [Int]? {
    let shape = data.test.inputs[0].shape.dimensions
    return shape.count == 3 && (shape[2] == 1 || shape[2] == 3) ? shape : nil
  }
  private var isPicture: Bool { imageShape != nil }

  // MARK: - Curves

  private func drawCurves(_ path: String) throws -> Bool {
    // The epoch that Ctrl-C cut short is judged by a part of the data, if at all.
    let isCut = Interruption.isRequested && history.epochs.count > 1
    let epochs = isCut ? history.epochs.dropLast() : history.epochs[...]
    func series(_ name: String, _ title: String) -> Series? {
      let points = epochs.compactMap { epoch, logs in logs[name].map { (Double(epoch + 1), $0) } }
      return points.contains { $0.1.isFinite } ? Series(title, x: points.map(\.0), y: points.map(\.1)) : nil
    }
    func chart(_ metric: String, _ title: String) -> LineChart {
      let both = [series(metric, "training"), series("val_" + metric, "validation")]
      return LineChart(title: title, series: both.compactMap { $0 }, xLabel: "epoch")
    }
    var charts = [chart("loss", "Loss")]
    switch task.answers {
    case .classes: charts.append(chart("accuracy", "Accuracy"))
    case .number(let unit):
      charts[0].isYLogarithmic = true
      charts.append(chart("mean_absolute_error", "Mean absolute error"))
      charts[1].yLabel = unit
    }
    charts.removeAll(where: \.series.isEmpty)
    guard !charts.isEmpty else { return false }
    try Panels(charts).write(to: path)
    return true
  }

  // MARK: - Samples

  private func pixels(_ sample: Int) -> [Float] {
    let count = data.test.inputs[0].shape.count
    return report.inputs.storage.withBytes { bytes in
      Array(bytes.assumingMemoryBound(to: Float.self)[(sample * count)..<((sample + 1) * count)])
    }
  }

  private func drawMistakes(_ path: String) throws -> Bool {
    guard let shape = imageShape else { return false }
    let answers = report.answers
    let wrong = report.mistakes.prefix(Self.mostMistakes)
    guard !wrong.isEmpty else { return false }
    let images = try wrong.map { sample in
      try PixelImage(
        width: shape[1], height: shape[0], channels: shape[2], values: pixels(sample), range: 0...1,
        isInverted: shape[2] == 1)
    }
    let captions = wrong.map {
      "\(report.name(ofClass: Int(report.truths[$0]))) → \(report.name(ofClass: answers[$0]))"
    }
    do {
      // Long names want wide pictures: a letter takes about 14 pixels.
      let letters = captions.map(\.count).max() ?? 0
      let scale = letters > 12 ? min(12, 14 * letters / shape[1] + 1) : nil
      let grid = ImageGrid(
        images, captions: captions, title: "Got wrong: true → answered", columns: letters > 12 ? 5 : 6, scale: scale)
      try grid.write(to: path)
    } catch {
      guard error == .gnuplotMissing else { throw error }
      try ImageGrid(images, columns: 6).write(to: path)
    }
    return true
  }

  /// The name of the file with something to ask the model.
  var example: String? {
    if isPicture { return "example.png" }
    return data.card.encoder == nil ? nil : "example.csv"
  }

  private func writeExample(_ path: String) throws {
    guard let shape = imageShape else { return try writeTable(path) }
    let answers = report.answers
    let sample = (0..<report.count).first { answers[$0] == Int(report.truths[$0]) } ?? 0
    try Image(Tensor(pixels(sample), shape: Shape(shape))).write(path)
  }

  /// Some held-out rows as they stood in the table, without the answer.
  private func writeTable(_ path: String) throws {
    guard let encoder = data.card.encoder else { return }
    var lines = [encoder.features.map(\.name).joined(separator: ",")]
    for sample in stride(from: 0, to: report.count, by: max(1, report.count / 5)).prefix(5) {
      var values = pixels(sample)[...]
      var cells: [String] = []
      for feature in encoder.features {
        if feature.isOneHot {
          let codes = Array(values.prefix(feature.vocabulary.count))
          cells.append(feature.vocabulary[codes.firstIndex(of: 1) ?? 0])
          values = values.dropFirst(feature.vocabulary.count)
        } else {
          var value = values.removeFirst()
          if let figures = data.card.standardization {
            let column = cells.count
            value = value * figures.deviation[column] + figures.mean[column]
          }
          cells.append("\((value * 1000).rounded() / 1000 + 0)")
        }
      }
      lines.append(cells.joined(separator: ","))
    }
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
