import Cajal
import CajalArguments
import CajalModels
import CajalTerminal

/// `cajal summary MODEL|ARCHITECTURE`
enum SummaryCommand {
  private static let form = CommandForm(
    "cajal summary", "Lists the layers of a saved model or an architecture, with shapes and parameters.",
    [
      Positional(
        "MODEL|ARCHITECTURE", "a directory that 'cajal train' made, a .keras file, or a name of 'cajal models'")
    ],
    examples: [
      ("cajal summary resnet50", "an architecture; takes no memory for weights"),
      ("cajal summary output/digits", "a model of yours"),
    ])

  static let command = Command(form: form) { arguments in
    let name = arguments.positionals[0]
    let output = FileDescriptorOutput.standardOutput
    if SavedModel.exists(name) {
      let saved = try SavedModel(name)
      let task = saved.card.task.map { ", trained for '\($0)'" } ?? ""
      output.writeLine(Style.bold.applied(to: "\(name)\(task)\n", in: output.terminal))
      output.write(saved.model.summary(for: output.terminal))
      for note in saved.model.notes { FileDescriptorOutput.standardError.writeLine("note: \(note)") }
      return
    }
    guard let architecture = Architectures.all.first(where: { $0.name == name.lowercased() }) else {
      let names = Architectures.all.map(\.name)
      throw CajalError(
        .missing, name, expected: "a saved model or an architecture", given: "it is neither",
        advice: "The architectures are \(names.joined(separator: ", "))." + didYouMean(name, in: names))
    }
    let outline = try Model.outline(
      architecture.make(), inputs: [TensorType(architecture.inputShape, .float32)])
    output.writeLine(Style.bold.applied(to: "\(architecture.name): \(architecture.description)\n", in: output.terminal))
    output.write(outline.summary(for: output.terminal))
  }
}
