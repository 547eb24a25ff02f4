import Cajal
import CajalArguments
import CajalData
import CajalFigures
import CajalTerminal

/// One run of `cajal train` on a task that draws samples, from the data to the last line.
struct AdversarialRun {
  private let task: AdversarialTask
  private let dataFolder: String?
  private let seed: Int
  private let split: DataSplit
  private let folder: OutputFolder
  private let output = FileDescriptorOutput.standardOutput
  private static let gridColumns = 10
  private static let gridRows = 8

  /// Makes the output directory and reads the data.
  init(_ task: AdversarialTask, dataFolder: String?, output: String, seed: Int) throws {
    self.task = task
    self.dataFolder = dataFolder
    self.seed = seed
    split = try task.dataSet.load(folder: dataFolder)
    folder = try OutputFolder(output)
  }

  func perform() throws {
    let classes = split.classNames?.count ?? 10
    introduce()
    let gan = try task.gan(classes: classes, imageShape: split.train.inputs[0].shape, seed: seed)
    // Pixels of 0 to 1 become what tanh gives.
    let samples = try split.train.rescaled(2, offset: -1).shuffle()
    try gan.demand(samples, epochs: task.epochs, batchSize: task.batchSize)
    output.writeLine("A classifier first, which is to judge what is drawn:")
    ControlC.stopsCleanly()
    let judge = try Judge(task, train: split.train, test: split.test, classes: classes, seed: seed)
    guard !Interruption.isRequested else { return }
    output.writeLine(
      "It recognizes \(Format.percent(judge.accuracy)) of \(Format.count(judge.count)) held-out \(task.samples). Fréchet "
        + "distance to them in its features: as many training \(task.samples) "
        + "\(Format.fixed(judge.distanceOfReal, digits: 2)), noise \(Format.fixed(judge.distanceOfNoise, digits: 2)).\n"
    )

    let isBrief = task.epochs > 40
    let grids = try OutputFolder(folder.file("epochs"))
    var firstRows: [PixelImage] = []
    let epochJudge = EpochJudge(gan, judge, every: isBrief ? task.epochs / 10 : 1, epochs: task.epochs) { epoch in
      let digits = "\(epoch)"
      let number = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
      let images = try drawn(by: gan)
      try writeGrid(images, grids.file("\(number).png"))
      firstRows += images.prefix(Self.gridColumns)
    }
    let collapse = CollapseDetection()
    let started = ContinuousClock.now
    let history = try gan.fit(
      samples, epochs: task.epochs, batchSize: task.batchSize,
      callbacks: [epochJudge, collapse, CSVLogger(folder.file("log.csv"))],
      verbose: isBrief ? .silent : .progress)
    let seconds = started.duration(to: .now) / .seconds(1)

    try gan.save(to: folder.path)
    try judge.model.save(to: folder.file("judge/"), includingTraining: false)
    try writeGrid(drawn(by: gan), folder.file("samples.png"))
    try writeGrid(firstRows, folder.file("epochs.png"))
    let hasCurves = try drawCurves(history, judge)
    report(epochJudge.verdict, judge, seconds)
    if isBrief, let epoch = collapse.collapsedEpoch {
      output.writeLine("The generator had collapsed by epoch \(epoch + 1): see 'diversity' in log.csv.")
    }
    showFiles(hasCurves)
  }

  private func introduce() {
    output.writeLine(Style.bold.applied(to: "Training '\(task.name)': \(task.summary)", in: output.terminal))
    let loss =
      switch task.loss {
      case .nonSaturating(let smoothing): "cross-entropy, real \(task.samples) count as \(1 - smoothing)"
      case .wasserstein(let penalty):
        "Wasserstein with gradient penalty \(penalty), \(task.discriminatorSteps) steps of the critic for each of the generator"
      }
    output.writeLine(
      "  data     \(Format.count(split.train.count)) \(task.samples) to learn from, "
        + "\(Format.count(split.test.count)) held out to judge by")
    output.writeLine(
      "  plan     \(task.epochs) epochs in batches of \(task.batchSize), Adam \(task.learningRate), seed \(seed); \(loss)"
    )
    output.writeLine("  results  \(folder.path)\n")
  }

  private func report(_ verdict: Judge.Verdict?, _ judge: Judge, _ seconds: Double) {
    output.writeLine("\nTrained for \(Format.duration(seconds)).")
    guard let verdict else { return }
    if let recognized = verdict.recognized {
      let text =
        "\(Format.percent(recognized)) of \(Format.count(judge.count)) drawn \(task.samples) are recognized as asked for"
      output.writeLine(Style.bold.applied(to: text, in: output.terminal))
    }
    output.writeLine(
      "Fréchet distance in the features of the classifier trained here (not the FID of papers): "
        + "\(Format.fixed(verdict.distance, digits: 2)); training \(task.samples) "
        + "\(Format.fixed(judge.distanceOfReal, digits: 2)), noise \(Format.fixed(judge.distanceOfNoise, digits: 2))\n")
    var table = Table(["Class", "Drawn"])
    for (index, share) in verdict.shares.enumerated() {
      table.addRow([.text(split.classNames?[index] ?? "\(index)"), .text(Format.percent(share, digits: 1))])
    }
    output.write(table.rendered(for: output.terminal))
    if verdict.found < judge.classes {
      output.writeLine(
        "\(judge.classes - verdict.found) of \(judge.classes) classes are hardly drawn: some modes are lost.")
    }
  }

  private func showFiles(_ hasCurves: Bool) {
    output.write("\n" + heading("Saved in \(folder.path)", output.terminal))
    var files = [
      ("generator, discriminator", "the two networks"), ("judge", "the classifier"),
      ("samples.png", task.isConditional ? "what it draws: a column for each class" : "what it draws"),
      ("epochs.png", "a row of them after each epoch, from the same noise"), ("epochs", "all of them after each epoch"),
      ("log.csv", "losses, scores and distances of every epoch"),
    ]
    if hasCurves { files.append(("curves.png", "how training went")) }
    output.write(columns(files))
    let data = dataFolder.map { " --data \($0)" } ?? ""
    output.write(
      "\n" + heading("Next", output.terminal)
        + columns([
          ("cajal summary \(folder.path)/generator", "what draws"),
          ("cajal train \(task.name)\(data) --epochs \(2 * task.epochs) --seed \(seed + 1)", "longer, from elsewhere"),
        ]))
  }

  // MARK: - Pictures

  /// From the same noise each time; with classes a column for each.
  private func drawn(by gan: GAN) throws -> [PixelImage] {
    let count = Self.gridColumns * Self.gridRows
    let labels = gan.classes.map { classes in (0..<count).map { $0 % Self.gridColumns % classes } }
    let drawn = try gan.generate(count, labels: labels, seed: seed)
    let shape = gan.sampleShape
    let values = drawn.floats
    return try (0..<count).map { index in
      try PixelImage(
        width: shape[1], height: shape[0], channels: shape[2],
        values: Array(values[(index * shape.count)..<((index + 1) * shape.count)]), range: -1...1, isInverted: true)
    }
  }

  private func writeGrid(_ images: [PixelImage], _ path: String) throws {
    guard let first = images.first else { return }
    try ImageGrid(images, columns: Self.gridColumns, scale: max(1, 56 / first.width)).write(to: path)
  }

  /// Losses, scores and distances over the epochs; false without gnuplot.
  private func drawCurves(_ history: History, _ judge: Judge) throws -> Bool {
    func series(_ name: String, _ title: String) -> Series? {
      let points = history.epochs.compactMap { epoch, logs in logs[name].map { (Double(epoch + 1), $0) } }
      return points.isEmpty ? nil : Series(title, x: points.map(\.0), y: points.map(\.1))
    }
    func chart(_ title: String, _ names: [(String, String)]) -> LineChart {
      LineChart(title: title, series: names.compactMap { series($0.0, $0.1) }, xLabel: "epoch")
    }
    var distance = chart("Fréchet distance", [("frechet_distance", "drawn")])
    if let ends = distance.series.first.map({ ($0.x.first ?? 1, $0.x.last ?? 1) }) {
      let real = judge.distanceOfReal
      distance.series.append(Series("training samples", x: [ends.0, ends.1], y: [real, real]))
    }
    let charts = [
      chart("Loss", [("discriminator_loss", "discriminator"), ("generator_loss", "generator")]),
      chart("Mean output", [("real_score", "real"), ("fake_score", "drawn")]), distance,
      chart("Part of real samples' variance", [("diversity", "drawn")]),
    ].filter { !$0.series.isEmpty }
    guard !charts.isEmpty else { return false }
    do {
      try Panels(charts).write(to: folder.file("curves.png"))
      return true
    } catch {
      guard error == .gnuplotMissing else { throw error }
      return false
    }
  }
}
