import Cajal
import CajalArguments
import CajalData
import CajalTerminal

/// `cajal data list` and `cajal data get NAME`
enum DataCommand {
  private static let form = CommandForm(
    "cajal data", "Lists the data sets by name, or downloads one.",
    [
      Positional("list|get", "what to do: list, or get with a name"),
      Positional("NAME", "the data set to get", isOptional: true),
    ], [Option("--data", .text("DIR"), "a folder to look in and to download to; else the user's cache")],
    notes: [
      "A download that broke off is continued where it stopped; the content is checked against a SHA-256 digest. "
        + "Data sets are looked for in --data, then $CAJAL_DATA, then the user's cache."
    ],
    examples: [
      ("cajal data list", "what there is, and what is here already"), ("cajal data get mnist", "downloads one"),
    ])

  static let command = Command(form: form) { arguments in
    let words = arguments.positionals
    switch words[0] {
    case "list":
      if words.count > 1 { throw form.error("'list' takes no name, but '\(words[1])' was given.") }
      list(arguments.text("--data"))
    case "get":
      guard words.count > 1 else { throw form.error("'get' needs a name: cajal data get NAME.") }
      let names = DataSets.all.map(\.name)
      guard let dataSet = DataSets.all.first(where: { $0.name == words[1].lowercased() }) else {
        throw form.error(
          "there is no data set '\(words[1])'; there are \(names.joined(separator: ", ")).\(didYouMean(words[1], in: names))"
        )
      }
      try get(dataSet, arguments.text("--data"))
    default:
      throw form.error("'\(words[0])' is neither list nor get.\(didYouMean(words[0], in: ["list", "get"]))")
    }
  }

  private static func list(_ folder: String?) {
    let output = FileDescriptorOutput.standardOutput
    var table = CajalTerminal.Table(["Name", "What it is", "Download", "Licence", "Here"])
    for dataSet in DataSets.all {
      let isHere = dataSet.isPresent(folder: folder)
      let size = dataSet.files.reduce(0) { $0 + $1.size }
      table.addRow([
        .text(dataSet.name, style: .bold), .text(dataSet.summary), .text(size == 0 ? "none" : Format.bytes(size)),
        .text(dataSet.licence), isHere ? .text("yes", style: .green) : .text("no", style: .dim),
      ])
    }
    output.write(table.rendered(for: output.terminal))
    output.writeLine("\nLooked in: \(DataSearch(folder: folder).roots.joined(separator: ", "))")
    output.writeLine("Next: cajal data get mnist")
  }

  private static func get(_ dataSet: BuiltInDataSet, _ folder: String?) throws {
    let output = FileDescriptorOutput.standardOutput
    guard !dataSet.files.isEmpty else {
      return output.writeLine("\(dataSet.name) comes with cajal: nothing to download.")
    }
    let place = "\(folder ?? DataSearch.cache())/\(dataSet.name)"
    let total = dataSet.files.reduce(0) { $0 + $1.size }
    output.writeLine("\(dataSet.name): \(dataSet.summary)")
    output.writeLine("  from     \(dataSet.page) (\(dataSet.licence))")
    output.writeLine("  to       \(place), \(Format.bytes(total))\n")
    ControlC.stopsCleanly()

    var bar: ProgressBar?
    var current = ""
    defer { bar?.cancel() }
    try dataSet.fetch(into: folder) { progress in
      if progress.file != current {
        bar?.finish()
        current = progress.file
        bar = ProgressBar(title: progress.file, total: progress.total, unit: .bytes)
      }
      bar?.update(progress.received)
      if Interruption.isRequested {
        throw CajalError(
          .interrupted, progress.file, expected: "\(Format.bytes(progress.total))",
          given: "Ctrl-C came after \(Format.bytes(progress.received))",
          advice: "Run the command again; it continues there.")
      }
    }
    bar?.finish()
    bar = nil
    output.writeLine(
      current.isEmpty ? "Everything is there already." : "All files are there and have the right content.")
    if let task = TrainingTask.all.first(where: { $0.dataSet.name == dataSet.name }) {
      output.writeLine("Next: cajal train \(task.name)\(folder.map { " --data \($0)" } ?? "")")
    }
  }
}
