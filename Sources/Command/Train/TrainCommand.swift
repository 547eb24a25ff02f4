import Cajal
import CajalArguments
import CajalTerminal

/// `cajal train TASK`
enum TrainCommand {
  static let form = CommandForm(
    "cajal train", "Trains a network on a task, judges it on data it has not seen, and saves it with pictures.",
    [Positional("TASK", "what to learn: digits, mnist, fashion, concrete, car, or another of 'cajal tasks'")],
    [
      Option("--data", .text("DIR"), "where the data is; else $CAJAL_DATA, then the user's cache"),
      Option("--epochs", .integer("N", 1...1_000_000), "passes over the data; each task has a good number"),
      Option("--batch", .integer("N", 1...1_000_000), "samples of one update"),
      Option("--learning-rate", .positive("RATE", atMost: 1000), "how far a step goes at first"),
      Option("--seed", .integer("S", 0...Int.max), "fixes all random numbers; 0"),
      Option("--output", .text("DIR"), "where results go; output/TASK"),
    ],
    notes: [
      "Ctrl-C stops after the step at hand and keeps the best epoch so far; a second Ctrl-C ends at once.",
      "The directory gets: model (the network), labels.json, log.csv, and curves, confusion and mistakes as PNG; tasks "
        + "without right answers leave numbers and pictures of their own, listed at the end.",
    ],
    examples: [
      ("cajal train digits", "a first network in seconds; nothing to download"),
      ("cajal train mnist --epochs 3", "a shorter run"),
      ("cajal train car --seed 7 --output /tmp/car", "other random numbers, another place"),
      ("cajal train gan", "digits drawn from noise; 'cajal tasks' lists them all"),
    ])

  static let command = Command(form: form, run: run)

  private static func run(_ arguments: Arguments) throws {
    var task = try NamedTasks.named(arguments.positionals[0], among: NamedTasks.all, \.name, form)
    task.epochs = arguments.integer("--epochs") ?? task.epochs
    task.batchSize = arguments.integer("--batch") ?? task.batchSize
    task.learningRate = arguments.number("--learning-rate") ?? task.learningRate
    try task.run(
      dataFolder: arguments.text("--data"), output: arguments.text("--output") ?? "output/\(task.name)",
      seed: arguments.integer("--seed") ?? 0)
  }
}
