import Cajal
import CajalArguments
import CajalData
import CajalTerminal

/// `cajal predict MODEL INPUT...`
enum PredictCommand {
  private static let form = CommandForm(
    "cajal predict", "Asks a saved model about pictures, tables or arrays.",
    [
      Positional("MODEL", "what 'cajal train' saved, such as output/digits, or a .keras file"),
      Positional("INPUT", "a PNG or JPEG picture, a CSV table or an NPY array", takesMany: true),
    ],
    [
      Option("--output", .text("FILE"), "writes all answers to FILE: .csv with names, .npy the plain numbers"),
      Option("--as-is", .none, "takes pictures as they are, light on dark or not"),
    ],
    notes: [
      "A picture is brought to the model's size; where the model knows light strokes on dark and the picture is dark on "
        + "light, it is inverted. A table has the columns of the training data, or one number per input."
    ],
    examples: [
      ("cajal predict output/digits seven.png three.jpg", "what the pictures show"),
      ("cajal predict output/concrete mixtures.csv --output strength.csv", "a column of answers"),
    ])

  static let command = Command(form: form) { arguments in
    let format = try arguments.text("--output").map { try AnswerFile($0, form) }
    let output = FileDescriptorOutput.standardOutput
    let saved = try SavedModel(arguments.positionals[0])
    let reader = try InputReader(saved, takesPicturesAsTheyAre: arguments.has("--as-is"))
    var answers = Answers(saved)
    for path in arguments.positionals.dropFirst() {
      let (input, notes) = try reader.read(path)
      for note in notes { FileDescriptorOutput.standardError.writeLine("\(path): \(note)") }
      try answers.add(try saved.model.predict(input, batchSize: 128), of: path)
    }
    if let format {
      try format.write(answers)
      output.writeLine("\(Format.count(answers.rows.count)) answers are in \(format.path).")
    } else {
      output.write(answers.table(for: output.terminal))
    }
  }
}
