import Cajal
import CajalArguments
import CajalTerminal

/// One run of `cajal train`, from the data to the last line.
struct TrainingRun {
  let task: TrainingTask
  let dataFolder: String?
  let seed: Int
  let data: TaskData
  let folder: OutputFolder
  let output = FileDescriptorOutput.standardOutput

  /// Makes the output directory and reads the data.
  init(_ task: TrainingTask, dataFolder: String?, output: String, seed: Int) throws {
    self.task = task
    self.dataFolder = dataFolder
    self.seed = seed
    data = try TaskData(task, folder: dataFolder)
    folder = try OutputFolder(output)
    try data.card.write(in: folder.path)
  }

  func perform() throws {
    introduce()
    let model = try task.model(for: data, seed: seed)
    output.write(model.summary(for: output.terminal) + "\n")
    task.compile(model, steps: task.epochs * ((data.train.count + task.batchSize - 1) / task.batchSize))

    ControlC.stopsCleanly()
    let best = BestModel(folder.file(SavedModel.fileName))
    let log = CSVLogger(folder.file("log.csv"))
    let isBrief = task.epochs > 40 && data.train.count < 5000
    let started = ContinuousClock.now
    let history = try model.fit(
      data.train.shuffle(), epochs: task.epochs, batchSize: task.batchSize, validationData: data.validation,
      callbacks: [best, log] + (isBrief ? [EpochProgress(epochs: task.epochs)] : []),
      verbose: isBrief ? .silent : .progress)
    conclude(best, history, seconds: started.duration(to: .now) / .seconds(1))

    let report = try Report(task, model, data, seed: seed)
    output.write(report.text(for: output.terminal))
    let pictures = Pictures(task, data, report, history, folder)
    let written = try pictures.write { output.writeLine($0) }
    showFiles(written)
    suggest(pictures.example)
  }

  private func introduce() {
    let terminal = output.terminal
    output.writeLine(Style.bold.applied(to: "Training '\(task.name)': \(task.summary)", in: terminal))
    output.writeLine(
      "  data     \(Format.count(data.train.count)) \(task.samples) to learn from, "
        + "\(Format.count(data.validation.count)) to choose the best epoch, "
        + "\(Format.count(data.test.count)) held out to the end")
    output.writeLine(
      "  plan     \(task.epochs) epochs in batches of \(task.batchSize), Adam from \(task.learningRate), seed \(seed)")
    output.writeLine("  results  \(folder.path)\n")
  }

  private func conclude(_ best: BestModel, _ history: History, seconds: Double) {
    let last = history.epochs.last.map { $0.epoch + 1 } ?? 0
    if Interruption.isRequested { output.writeLine("\nInterrupted in epoch \(last).") } else { output.writeLine() }
    guard let (epoch, logs) = best.best else { return }
    let measure = ["val_accuracy", "val_mean_absolute_error"].first { logs[$0] != nil } ?? "val_loss"
    output.writeLine(
      "Trained for \(Format.duration(seconds)). Kept epoch \(epoch + 1), the best on the validation data "
        + "(\(measure) \(Format.metric(logs[measure] ?? .nan))).")
  }

  private func showFiles(_ files: [(name: String, meaning: String)]) {
    output.write("\n" + heading("Saved in \(folder.path)", output.terminal))
    output.write(
      columns(
        [
          (SavedModel.fileName, "the network with its weights, which Keras reads as well"),
          ("labels.json", "what its numbers mean"),
          ("log.csv", "loss and metrics of every epoch"),
        ] + files.map { ($0.name, $0.meaning) }))
  }

  private func suggest(_ example: String?) {
    let data = dataFolder.map { " --data \($0)" } ?? ""
    var rows: [(String, String)] = []
    if let example { rows.append(("cajal predict \(folder.path) \(folder.file(example))", "ask it about an example")) }
    rows.append(("cajal evaluate \(folder.path) \(task.name)\(data)", "judge it again"))
    rows.append(
      ("cajal train \(task.name)\(data) --epochs \(2 * task.epochs) --seed \(seed + 1)", "longer, from elsewhere"))
    rows.append(
      task.name == "digits"
        ? ("cajal data get mnist && cajal train mnist", "more and larger digits") : ("cajal tasks", "other tasks"))
    output.write("\n" + heading("Next", output.terminal) + columns(rows))
  }
}
