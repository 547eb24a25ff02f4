import CajalModels
import Foundation
import Testing

@testable import Cajal

/// A saved ResNet-50, its head replaced, frozen, trained, unfrozen, trained on.
@Suite struct FineTuningTests {
  /// Noisy images of 32 x 32 in three classes: bright above, bright below, bright in the middle column.
  private static func images(_ count: Int) -> (x: Tensor, y: Tensor) {
    var random = Draws(5)
    var pixels: [Float] = []
    for image in 0..<count {
      for row in 0..<32 {
        for column in 0..<32 {
          let isBright = [row < 16, row >= 16, (12..<20).contains(column)][image % 3]
          for _ in 0..<3 { pixels.append((isBright ? 1 : 0) + Float.random(in: -0.3...0.3, using: &random)) }
        }
      }
    }
    return (Tensor(pixels, shape: [count, 32, 32, 3]), Tensor((0..<count).map { Int32($0 % 3) }, shape: [count]))
  }

  private func bits(_ model: Model, below path: String) throws -> [String: [UInt32]] {
    var bits: [String: [UInt32]] = [:]
    for variable in model.variables where variable.name.hasPrefix(path + "/") {
      bits[variable.name] = try model.weight(variable.name).floats.map(\.bitPattern)
    }
    return bits
  }

  @Test func aSavedNetworkGetsANewHead() throws {
    let folder = ScratchFolder()
    let (x, y) = Self.images(24)
    let old = try Model(ResNet50(classes: 5, width: 4), inputShape: [32, 32, 3], seed: 3)
    old.compile(optimizer: .sgd(learningRate: 0.01), loss: .sparseCategoricalCrossentropy)
    try old.fit(x, y, epochs: 1, batchSize: 12, verbose: .silent)
    try old.save(to: folder.file("resnet"))

    let loaded = try Model.load(from: folder.file("resnet.keras"))
    let base = try loaded.intermediate("avg_pool")
    let model = try Model(inputs: [TensorType([32, 32, 3], .float32)], seed: 4) { inputs in
      [Dense(3, activation: .softmax, name: "head")(base(inputs[0]))]
    }
    let path = try #require(model.layers.first).path
    #expect(
      model.layers.contains { $0.path == path + "/conv5_block3_out" }
        && !model.layers.contains { $0.name == "predictions" })
    #expect(try base.predict(x).floats == old.intermediate("avg_pool").predict(x).floats)

    // Frozen: only the head learns, and normalization uses its moving statistics.
    try model.setTrainable(false, path)
    #expect(model.trainableParameterCount == 32 * 4 * 3 + 3)
    model.compile(optimizer: .adam(learningRate: 0.05), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    let before = try model.evaluate(x, y)["loss"]
    let first = try #require(try model.trainOnBatch(x, y)["loss"])
    #expect(abs(first - (before ?? 0)) < 1e-5, "training sees what prediction sees")
    let frozen = try bits(model, below: path)
    let head = try bits(model, below: "head")
    try model.fit(x, y, epochs: 10, batchSize: 12, verbose: .silent)
    let middle = try #require(try model.evaluate(x, y)["loss"])
    #expect(middle < 0.8 * first, "\(first) to \(middle)")
    #expect(try bits(model, below: path) == frozen)
    #expect(try bits(model, below: "head") != head)

    // Saved as it is: what is frozen stays so, and training goes on.
    try model.save(to: folder.file("frozen"))
    let again = try Model.load(from: folder.file("frozen"))
    #expect(again.trainableParameterCount == model.trainableParameterCount)
    #expect(try again.predict(x).floats == model.predict(x).floats)

    // Unfrozen: all learn, the statistics too.
    try again.setTrainable(true, path)
    again.compile(optimizer: .sgd(learningRate: 0.01), loss: .sparseCategoricalCrossentropy)
    let thawed = try #require(try again.trainOnBatch(x, y)["loss"])  // statistics are the batch's now
    try again.fit(x, y, epochs: 6, batchSize: 12, verbose: .silent)
    let tuned = try bits(again, below: path)
    let unchanged = frozen.filter { tuned[$0.key] == $0.value }.map(\.key).filter { !$0.hasSuffix("conv/bias") }
    #expect(unchanged.isEmpty, "\(unchanged)")
    let last = try #require(try again.trainOnBatch(x, y)["loss"])
    #expect(last < 0.8 * thawed, "\(thawed) to \(last)")
    try again.save(to: folder.file("tuned.keras"))
    let end = try Model.load(from: folder.file("tuned.keras"))
    #expect(try end.predict(x).floats == again.predict(x).floats)
    #expect(folder.names == ["frozen.keras", "resnet.keras", "tuned.keras"])
  }

  /// What leads to the cut is a model of its own, saved without the rest in either form.
  @Test(arguments: ["part.keras", "part.cajal"])
  func aModelCutAtALayerIsSavedAlone(name: String) throws {
    let folder = ScratchFolder()
    let whole = try Model(inputs: [TensorType([4], .float32)], seed: 2) { inputs in
      let hidden = Dense(3, activation: .tanh, name: "hidden")(inputs[0])
      let other = Dense(3, name: "other")(Dropout(0.5, name: "drop")(hidden))
      return [Dense(2, name: "last")(hidden * 2 + other)]
    }
    let part = try whole.intermediate("drop", "hidden")
    try part.save(to: folder.file(name))
    let read = try Model.load(from: folder.file(name))
    #expect(read.variables.map(\.name) == ["hidden/kernel", "hidden/bias"])
    let x = Tensor([[1, -1, 2, 0.5]])
    #expect(try read.predict([x]).map(\.floats) == part.predict([x]).map(\.floats))
  }
}
