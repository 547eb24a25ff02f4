import Cajal
import CajalArguments
import CajalTerminal

/// `cajal evaluate MODEL TASK`
enum EvaluateCommand {
  private static let form = CommandForm(
    "cajal evaluate", "Judges a saved model on a task's held-out data.",
    [
      Positional("MODEL", "what 'cajal train' saved, such as output/digits"),
      Positional("TASK", "whose data to use: digits, mnist, fashion, concrete or car"),
    ], [Option("--data", .text("DIR"), "where the data is; else $CAJAL_DATA, then the user's cache")],
    examples: [("cajal evaluate output/digits digits", "accuracy and confusion matrix")])

  static let command = Command(form: form) { arguments in
    let task = try NamedTasks.named(arguments.positionals[1], among: TrainingTask.all, \.name, form)
    let saved = try SavedModel(arguments.positionals[0])
    let data = try TaskData(task, folder: arguments.text("--data"))
    try demandFit(saved, data, task)
    task.compile(saved.model)
    let output = FileDescriptorOutput.standardOutput
    output.writeLine("Judging \(saved.path) on '\(task.name)': \(task.summary)")
    output.write(try Report(task, saved.model, data, seed: 0).text(for: output.terminal))
  }

  private static func demandFit(_ saved: SavedModel, _ data: TaskData, _ task: TrainingTask) throws {
    let (model, samples) = (saved.model, data.test)
    guard model.inputTypes == samples.inputs, model.outputTypes.map(\.shape.last) == [data.outputs] else {
      throw CajalError(
        .shape, saved.path,
        expected:
          "a model for '\(task.name)': \(samples.inputs.map(\.description).joined(separator: ", ")) to \(data.outputs) outputs",
        given: "it takes \(model.inputTypes.map(\.description).joined(separator: ", ")) and gives "
          + model.outputTypes.map(\.shape.description).joined(separator: ", "),
        advice: saved.card.task.map { "It was trained for '\($0)': cajal evaluate \(saved.path) \($0)" } ?? "")
    }
  }
}
