// From words on the command line to a command and an exit status.
import Cajal
import CajalArguments
import CajalFigures
import CajalTerminal

/// A command of the program.
struct Command: Sendable {
  let form: CommandForm
  let run: @Sendable (Arguments) throws -> Void
}

enum CommandLineProgram {
  static let version = "0.1.0"

  /// Exit statuses: what a script may rely on.
  enum Status {
    static let success: Int32 = 0
    static let failure: Int32 = 1
    static let usage: Int32 = 2
    static let interrupted: Int32 = 130
  }

  private static let names: [(name: String, summary: String)] = [
    ("train", "trains a network on a task and shows how good it is"),
    ("evaluate", "judges a saved model on a task's held-out data"),
    ("predict", "asks a saved model about pictures, tables or arrays"),
    ("summary", "lists the layers of a saved model or an architecture"),
    ("convert", "writes a saved model in another form, such as Keras's"),
    ("tasks", "lists what can be trained"),
    ("models", "lists the architectures by name"),
    ("data", "lists and downloads data sets"),
    ("profile", "shows where the time of a network goes, kernel by kernel"),
    ("program", "prints what a network is compiled to, and what the compiler did"),
    ("bench", "times the standard workloads on this machine"),
    ("help", "explains a command"),
  ]

  private static let computing: Set<String> = ["train", "evaluate", "predict", "profile", "program", "bench"]

  /// Runs the program and returns its exit status.
  static func run(_ words: [String]) -> Int32 {
    do {
      try dispatch(words)
      return Interruption.isRequested ? Status.interrupted : Status.success
    } catch let error as UsageError {
      return report(error.description, Status.usage)
    } catch let error as CajalError {
      return report("cajal: \(error)", error.kind == .interrupted ? Status.interrupted : Status.failure)
    } catch let error as FigureError {
      return report("cajal: \(error)", Status.failure)
    } catch {
      return report("cajal: \(String(describing: error))", Status.failure)
    }
  }

  private static func report(_ message: String, _ status: Int32) -> Int32 {
    let output = FileDescriptorOutput.standardError
    let lines = message.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    output.writeLine(Style.red.applied(to: String(lines[0]), in: output.terminal))
    if lines.count > 1 { output.writeLine(String(lines[1])) }
    return status
  }

  private static func dispatch(_ words: [String]) throws {
    let output = FileDescriptorOutput.standardOutput
    guard let first = words.first else { return output.write(help(output.terminal)) }
    let rest = Array(words.dropFirst())
    switch first {
    case "--version", "version": output.writeLine("cajal \(version)")
    case "--help", "-h": output.write(help(output.terminal))
    case "help": try explain(rest, output)
    default:
      let command = try command(first)
      if CommandForm.asksForHelp(rest) { return output.write(command.form.help(for: output.terminal)) }
      let arguments = try command.form.parse(rest)
      // Without anything to compute with, one sentence at once, and not at the first number.
      if computing.contains(first) { _ = try MachineLimits.libraryVersion() }
      try command.run(arguments)
    }
  }

  private static func explain(_ words: [String], _ output: FileDescriptorOutput) throws {
    guard let name = words.first, name != "help", name != "--help" else { return output.write(help(output.terminal)) }
    output.write(try command(name).form.help(for: output.terminal))
  }

  private static func command(_ name: String) throws -> Command {
    switch name {
    case "train": return TrainCommand.command
    case "evaluate": return EvaluateCommand.command
    case "predict": return PredictCommand.command
    case "summary": return SummaryCommand.command
    case "convert": return ConvertCommand.command
    case "tasks": return ListCommands.tasks
    case "models": return ListCommands.models
    case "data": return DataCommand.command
    case "profile": return ProfileCommand.command
    case "program": return ProgramCommand.command
    case "bench": return BenchCommand.command
    default:
      let what = name.hasPrefix("-") ? "option" : "command"
      throw UsageError(
        "cajal: there is no \(what) '\(name)'.\(didYouMean(name, in: names.map(\.name) + ["--version", "--help"]))",
        helpFrom: "cajal")
    }
  }

  /// The help of the whole program.
  static func help(_ terminal: Terminal) -> String {
    "cajal \(version): deep learning for Swift\n\n"
      + heading("Usage", terminal) + "  cajal COMMAND [ARGUMENTS]\n\n"
      + heading("Commands", terminal) + columns(names.map { ($0.name, $0.summary) }) + "\n"
      + heading("Examples", terminal)
      + columns([
        ("cajal train digits", "a first network in seconds; nothing to download"),
        ("cajal predict output/digits picture.png", "what it makes of a picture of yours"),
        ("cajal data get mnist", "more digits; then: cajal train mnist"),
      ]) + "\n"
      + "'cajal COMMAND --help' says more. Exit status: 0 done, 1 failed, 2 called wrongly, 130 interrupted.\n"
      + "Environment: CAJAL_DATA (a folder of data sets), CAJAL_NUM_THREADS (all cores), NO_COLOR.\n"
  }
}
