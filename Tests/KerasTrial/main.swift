// Checks by hand against Keras's own results: Tests/Conformance/keras_models.py makes the files.
//   KerasTrial compare MODEL SAMPLES.npz [TOLERANCE]   outputs for input_0, … against output_0, …
//   KerasTrial copy MODEL OTHER                        reads a model and writes it again
//   KerasTrial events FOLDER                           trains a little, with event files for TensorBoard
//   KerasTrial time FOLDER NAME                        seconds to load and to predict first, and MB of memory for each
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

/// A number of `/proc/self/status` in KiB.
func memory(_ key: String) throws -> Double {
  let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  let line = status.split(separator: "\n").first { $0.hasPrefix(key + ":") }
  return Double(line?.split(whereSeparator: { " \t".contains($0) }).dropLast().last ?? "") ?? .nan
}

func seconds(since start: ContinuousClock.Instant) -> Double { start.duration(to: .now) / .seconds(1) }

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
  case "events" where words.count == 2:
    let x = Tensor((0..<40).map { Float($0) / 40 }, shape: [20, 2])
    let model = try Model(
      Sequential {
        Dense(4, activation: .tanh)
        Dense(1)
      }, inputShape: [2])
    model.compile(optimizer: .adam, loss: .meanSquaredError, metrics: [.mae])
    try model.fit(
      x, x.sum(axes: [1], keepsDimensions: true), epochs: 3, batchSize: 5,
      validationData: (x, x.sum(axes: [1], keepsDimensions: true)),
      callbacks: [TensorBoard(words[1], histogramFreq: 1)], verbose: .silent)
  case "time" where words.count == 3:
    let images = try NPZ.read("\(words[1])/\(words[2]).npz")
    let inputs = arrays("input", images.filter { $0.key.hasPrefix("input") })
    let before = try memory("VmRSS")
    var start = ContinuousClock.now
    let model = try Model.load(from: "\(words[1])/\(words[2]).keras")
    let (loading, loaded) = (seconds(since: start), try memory("VmHWM") - before)
    start = .now
    _ = try model.predict(inputs).map { $0.scalars() as [Float] }
    let predicting = seconds(since: start)
    let all = [loading, predicting, loaded / 1024, (try memory("VmHWM") - before) / 1024]
    print("[\(all.map { String($0) }.joined(separator: ", "))]")
  default:
    print("KerasTrial: unknown call \(words)")
    exit(2)
  }
} catch {
  print("error: \(error)")
  exit(1)
}
