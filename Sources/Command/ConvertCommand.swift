import Cajal
import CajalArguments
import CajalModels
import CajalTerminal

/// `cajal convert IN OUT`
enum ConvertCommand {
  private static let form = CommandForm(
    "cajal convert", "Writes a saved model in another form.",
    [
      Positional("IN", "a .keras archive, a whole model in .h5, or what 'cajal train' saved"),
      Positional("OUT", "NAME.keras, NAME.weights.h5, NAME.safetensors, or a folder"),
    ],
    [Option("--model", .text("MODEL"), "where IN has weights alone: the model they belong to")],
    notes: [
      "Python opens NAME.keras with keras.models.load_model and trains on; a folder is what Cajal goes on from with the same "
        + "bits. Of a model, .weights.h5 and .safetensors keep the weights alone."
    ],
    examples: [
      ("cajal convert output/digits digits.keras", "for Python"),
      ("cajal convert digits.keras digits", "from Python, into a folder"),
    ])

  static let command = Command(form: form) { arguments in
    let (input, target) = (arguments.positionals[0], arguments.positionals[1])
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
    }
    FileDescriptorOutput.standardOutput.writeLine(
      "\(target): \(Format.count(model.parameterCount)) parameters in \(Format.count(model.variables.count)) weights")
  }
}
