import Cajal
import CajalArguments
import CajalModels
import CajalTerminal
import Foundation

/// `cajal convert IN OUT`
enum ConvertCommand {
  private static let form = CommandForm(
    "cajal convert", "Writes a saved model in another form.",
    [
      Positional("IN", "a .keras archive, a whole model in .h5, or what 'cajal train' saved"),
      Positional("OUT", "NAME.keras, NAME.cajal (a folder), NAME.weights.h5 or NAME.safetensors"),
    ],
    [Option("--model", .text("MODEL"), "where IN has weights alone: the model they belong to")],
    notes: [
      "Python opens NAME.keras with keras.models.load_model and trains on. Cajal's own folder holds the architecture as "
        + "JSON and the weights as safetensors. Of a model, .weights.h5 and .safetensors keep the weights alone."
    ],
    examples: [
      ("cajal convert model.h5 model.keras", "from Keras 2"),
      ("cajal convert output/digits digits.cajal", "into a folder"),
    ])

  static let command = Command(form: form) { arguments in
    let input = arguments.positionals[0]
    var target = arguments.positionals[1]
    let model: Model
    if let owner = arguments.text("--model") {
      model = try SavedModel(owner).model
      let report = try model.loadWeights(from: input)
      FileDescriptorOutput.standardError.writeLine("\(input): \(report)")
    } else {
      model = try SavedModel(input).model
    }
    for note in model.notes { FileDescriptorOutput.standardError.writeLine("note: \(note)") }
    if target.hasSuffix(".h5") || target.hasSuffix(".safetensors") {
      try model.saveWeights(to: target)
    } else {
      try model.save(to: target)
      // What the path has become.
      if !FileManager.default.fileExists(atPath: target) { target += ".keras" }
    }
    FileDescriptorOutput.standardOutput.writeLine(
      "\(target): \(Format.count(model.parameterCount)) parameters in \(Format.count(model.variables.count)) weights")
  }
}
