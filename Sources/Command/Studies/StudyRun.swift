import Cajal
import CajalArguments
import CajalData
import CajalFigures
import CajalTerminal
import Foundation

/// One run of a study: its data, its training, its numbers and pictures.
final class StudyRun {
  let study: Study
  let dataFolder: String?
  let seed: Int
  let folder: OutputFolder
  let data: DataSplit
  let output = FileDescriptorOutput.standardOutput
  private var results: [(name: String, value: Double)] = []
  private var files: [(name: String, meaning: String)] = []
  private var isGnuplotMissing = false
  private let started = ContinuousClock.now

  /// Reads the data and makes the output directory.
  init(_ study: Study, dataFolder: String?, output: String, seed: Int) throws {
    self.study = study
    self.dataFolder = dataFolder
    self.seed = seed
    data = try study.dataSet.load(folder: dataFolder)
    folder = try OutputFolder(output)
  }

  func perform() throws {
    output.writeLine(Style.bold.applied(to: "Training '\(study.name)': \(study.summary)", in: output.terminal))
    output.writeLine(
      "  data     \(Format.count(data.train.count)) samples to learn from, \(Format.count(data.test.count)) held out")
    output.writeLine(
      "  plan     \(study.epochs) epochs in batches of \(study.batchSize), step size from \(study.learningRate), seed \(seed)"
    )
    output.writeLine("  goal     \(study.goal)")
    output.writeLine("  results  \(folder.path)")
    ControlC.stopsCleanly()
    try study.perform(self)
    try writeResults()
    output.write("\n" + heading("Saved in \(folder.path)", output.terminal) + columns(files))
    if isGnuplotMissing {
      output.writeLine("\nSome pictures were not drawn: gnuplot is not on the PATH (apt-get install gnuplot-nox).")
    }
    output.writeLine("\nTook \(Format.duration(seconds)).")
  }

  private var seconds: Double { started.duration(to: .now) / .seconds(1) }

  // MARK: - Training

  /// Adam whose rate falls to a tenth along half a cosine.
  func optimizer(samples: Int, epochs: Int, batchSize: Int? = nil) -> any Optimizer {
    let size = batchSize ?? study.batchSize
    let steps = max(1, epochs * ((samples + size - 1) / size))
    return Adam().following(CosineDecay(initialRate: study.learningRate, decaySteps: steps, alpha: 0.1))
  }

  /// Trains a network on samples in memory; its losses go into a file of that name.
  @discardableResult
  func fit(_ network: Autoencoder, _ x: Tensor, name: String, validation: Tensor? = nil, epochs: Int? = nil) throws
    -> History
  {
    let epochs = epochs ?? study.epochs
    network.compile(optimizer: optimizer(samples: x.shape[0], epochs: epochs))
    return try watched(name, "losses of \(name)") { callbacks, verbose in
      try network.fit(
        x, epochs: epochs, batchSize: study.batchSize, validationData: validation,
        callbacks: callbacks + (verbose == .silent ? [EpochProgress(epochs: epochs)] : []), verbose: verbose)
    }
  }

  /// Runs a training under a heading, with a log file.
  func watched(
    _ name: String, _ meaning: String, _ fit: (_ callbacks: [any Callback], _ verbose: Verbosity) throws -> History
  ) throws -> History {
    output.writeLine("\n\(name)")
    let file = name.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "-") + ".csv"
    let history = try fit([CSVLogger(folder.file(file))], study.epochs > 40 ? .silent : .progress)
    files.append((file, meaning))
    return history
  }

  /// Writes the model, so that other programs can use it.
  func save(_ network: Autoencoder) throws {
    // A folder: some of the layers are none of Keras's.
    try network.model.save(to: folder.file("model/"))
    files.append(("model", "the network with its weights"))
  }

  // MARK: - Numbers

  /// Keeps a number for `results.csv`.
  func keep(_ name: String, _ value: Double) { results.append((name, value)) }

  func show(_ table: CajalTerminal.Table) { output.write("\n" + table.rendered(for: output.terminal)) }

  func note(_ line: String) { output.writeLine(line) }

  private func writeResults() throws {
    keep("seconds", seconds)
    let lines = ["measure,value"] + results.map { "\($0.name),\(String(format: "%.6g", $0.value))" }
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(
      to: URL(fileURLWithPath: folder.file("results.csv")), options: .atomic)
    files.append(("results.csv", "the numbers above"))
  }

  // MARK: - Pictures

  /// Draws a picture; without gnuplot those with letters are left out.
  func picture(_ name: String, _ meaning: String, _ draw: (_ path: String) throws -> Void) throws {
    do {
      try draw(folder.file(name))
      files.append((name, meaning))
    } catch let error as FigureError where error == .gnuplotMissing {
      isGnuplotMissing = true
    }
  }

  /// Rows of small pictures below one another, ink on paper; no letters, so nothing else is needed.
  func grid(
    _ name: String, _ meaning: String, _ rows: [Tensor], side: (height: Int, width: Int) = (28, 28), scale: Int = 2
  ) throws {
    guard let columns = rows.first?.shape[0] else { return }
    let size = side.height * side.width
    try picture(name, meaning) { path in
      let images = try rows.flatMap { row -> [PixelImage] in
        let values = row.floats
        return try (0..<row.shape[0]).map { index in
          try PixelImage(
            width: side.width, height: side.height, values: Array(values[(index * size)..<((index + 1) * size)]),
            range: 0...1, isInverted: true)
        }
      }
      try ImageGrid(images, columns: columns, scale: scale).write(to: path)
    }
  }
}

extension Tensor {
  /// The first samples.
  func first(_ count: Int) -> Tensor { slice(axis: 0, 0..<Swift.min(count, shape[0])) }

  /// The samples at these places, in this order.
  func rows(_ places: [Int]) -> Tensor { gathered(Tensor(places.map { Int32($0) }, shape: [places.count])) }

  /// Samples as rows of features.
  var asRows: Tensor { reshaped([shape[0], count / Swift.max(shape[0], 1)]) }
}

extension DataSplit {
  /// Samples and class numbers of both parts.
  func inMemory() throws -> (train: (x: Tensor, labels: Tensor), test: (x: Tensor, labels: Tensor)) {
    let (train, test) = (try train.tensors(), try test.tensors())
    return ((train.inputs[0], train.targets[0]), (test.inputs[0], test.targets[0]))
  }
}
