import Cajal
import CajalArguments
import CajalModels
import CajalTerminal

/// `cajal tasks` and `cajal models`.
enum ListCommands {
  static let tasks = Command(
    form: CommandForm(
      "cajal tasks", "Lists what 'cajal train' can learn.", examples: [("cajal tasks", "the list")])
  ) { _ in
    let output = FileDescriptorOutput.standardOutput
    var table = Table(["Task", "What is learned", "Goal", "Epochs", "Data"])
    for task in NamedTasks.all {
      let source = task.dataSet.byHand == nil ? "cajal data get \(task.dataSet.name)" : task.dataSet.page
      table.addRow([
        .text(task.name, style: .bold), .text(task.summary), .text(task.goal), .integer(task.epochs),
        .text(task.dataSet.isPresent() ? "here" : source),
      ])
    }
    output.write(table.rendered(for: output.terminal))
    output.writeLine("\nNext: cajal train digits")
  }

  static let models = Command(
    form: CommandForm(
      "cajal models", "Lists the architectures by name.",
      examples: [("cajal models", "the list"), ("cajal summary resnet50", "the layers of one of them")])
  ) { _ in
    let output = FileDescriptorOutput.standardOutput
    var table = Table(["Architecture", "Input", "Parameters", "What it is"])
    for architecture in Architectures.all {
      table.addRow([
        .text(architecture.name, style: .bold),
        .text(architecture.inputShape.dimensions.map(String.init).joined(separator: " x ")),
        .integer(architecture.parameterCount), .text(architecture.description),
      ])
    }
    output.write(table.rendered(for: output.terminal))
    output.writeLine("\nNext: cajal summary lenet5")
  }
}
