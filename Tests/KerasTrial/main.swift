// Checks by hand against Keras's own results: Tests/Conformance/keras_models.py makes the files.
//   KerasTrial compare MODEL SAMPLES.npz [TOLERANCE]   outputs for input_0, … against output_0, …
//   KerasTrial copy MODEL OTHER                        reads a model and writes it again
import Cajal
import CajalData
import Foundation

let words = Array(CommandLine.arguments.dropFirst())

func load(_ path: String) throws -> Model {
  let start = ContinuousClock.now
  let model = try Model.load(from: path)
  print("loaded \(path): \(model.parameterCount) numbers in \(ContinuousClock.now - start)")
  for note in model.notes { print("note: \(note)") }
  return model
}

func arrays(_ name: String, _ all: [String: Tensor]) -> [Tensor] {
  (0..<all.count).compactMap { all["\(name)_\($0)"] }
}

do {
  switch words.first {
  case "compare" where words.count >= 3:
    let model = try load(words[1])
    let samples = try NPZ.read(words[2])
    let tolerance = words.count > 3 ? Double(words[3]) ?? 1e-5 : 1e-5
    let start = ContinuousClock.now
    let outputs = try model.predict(arrays("input", samples))
    print("first prediction in \(ContinuousClock.now - start)")
    var worst = 0.0
    for (output, wanted) in zip(outputs, arrays("output", samples)) {
      guard output.shape == wanted.shape else {
        throw CajalError(.shape, "compare", expected: "\(wanted.shape)", given: "it is \(output.shape)")
      }
      let (a, b): ([Float], [Float]) = (output.scalars(), wanted.scalars())
      let scale = max(b.map(abs).max() ?? 0, 1e-30)
      worst = max(worst, Double((zip(a, b).map { abs($0 - $1) }.max() ?? 0) / scale))
    }
    print(
      String(
        format: "largest deviation %.3g of the largest output: %@", worst, worst <= tolerance ? "agrees" : "DIFFERS"))
    exit(worst <= tolerance ? 0 : 1)
  case "copy" where words.count == 3:
    let model = try load(words[1])
    let start = ContinuousClock.now
    try model.save(to: words[2])
    print("written in \(ContinuousClock.now - start)")
  default:
    print("KerasTrial: unknown call \(words)")
    exit(2)
  }
} catch {
  print("error: \(error)")
  exit(1)
}
