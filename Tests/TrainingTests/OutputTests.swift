import Foundation
import Testing

@testable import Cajal

/// Several outputs, each with its losses and metrics; layers by name; what layers give; pictures of networks.
@Suite struct OutputTests {
  static func model() throws -> Model {
    let body = Dense(6, activation: .tanh, name: "body")
    let digit = Dense(3, activation: .softmax, name: "digit")
    let size = Dense(1, name: "size")
    return try Model(inputs: [TensorType([4], .float32)], seed: 3) { inputs in
      let features = body(inputs[0])
      return [digit(features), size(features)]
    }
  }

  static let x = Tensor((0..<32).map { Float($0 * 7 % 11) / 11 }, shape: [8, 4])
  static let digits = Tensor((0..<8).map { Int32($0 % 3) }, shape: [8])
  static let sizes = Tensor((0..<8).map { Float($0) / 8 }, shape: [8, 1])

  @Test func logsTellOutputsApart() throws {
    let model = try Self.model()
    #expect(model.outputNames == ["digit", "size"])
    try model.compile(
      optimizer: .sgd(learningRate: 0), losses: ["digit": .sparseCategoricalCrossentropy, "size": .meanSquaredError],
      lossWeights: ["size": 0.5], metrics: ["digit": [.accuracy], "size": [.mae, .mse]])
    let history = try model.fit(
      [Self.x], [Self.digits, Self.sizes], epochs: 1, batchSize: 4,
      validationData: ([Self.x], [Self.digits, Self.sizes]), verbose: .silent)
    let names = ["loss", "digit_loss", "size_loss", "digit_accuracy", "size_mae", "size_mse"]
    #expect(history.names == names + names.map { "val_" + $0 })
    func value(_ name: String) throws -> Double { try #require(history[name].first) }
    expectNear(try value("loss"), try value("digit_loss") + 0.5 * value("size_loss"))
    expectNear(try value("size_mse"), try value("size_loss"))
    let outputs = try model.predict([Self.x])
    expectNear(try value("size_mae"), (outputs[1] - Self.sizes).absolute().mean().item)
    let right = (outputs[0].argMax() .== Self.digits).cast(to: .float32).mean().item
    expectNear(try value("val_digit_accuracy"), right)
    let stopping = EarlyStopping(monitor: "val_size_loss")
    try model.fit(
      [Self.x], [Self.digits, Self.sizes], epochs: 3, validationSplit: 0.25, callbacks: [stopping], verbose: .silent)
    #expect(stopping.best != nil)
  }

  private func expectNear(_ a: Double, _ b: Double, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(abs(a - b) <= 1e-5 * (1 + abs(b)), "\(a) and \(b)", sourceLocation: sourceLocation)
  }

  @Test func metricsOfOneListKeepTheirNames() throws {
    let model = try Self.model()
    model.compile(
      optimizer: .sgd(), losses: [.sparseCategoricalCrossentropy, .meanSquaredError], metrics: [.accuracy])
    let logs = try model.evaluate([Self.x], [Self.digits, Self.sizes])
    #expect(logs.names == ["loss", "digit_loss", "size_loss", "accuracy"])
    let single = try Model(Dense(1), inputShape: [4])
    single.compile(optimizer: .sgd(), losses: [.meanSquaredError], metricsByOutput: [[.mae]])
    #expect(try single.evaluate(Self.x, Self.sizes).names == ["loss", "mae"])
  }

  @Test func unknownOutputsAreErrors() throws {
    let model = try Self.model()
    #expect(
      message { try model.compile(optimizer: .sgd(), losses: ["digit": .meanSquaredError, "box": .huber]) }
        == "Model: expected the name of an output, but it is 'box'. Outputs are digit, size.")
    #expect(
      message { try model.compile(optimizer: .sgd(), losses: ["digit": .meanSquaredError]) }
        == "Model: expected a loss for the output 'size', but there is none.")
  }

  @Test func layersAreFoundByName() throws {
    let model = try Self.model()
    #expect(model.layers.map(\.path) == ["body", "digit", "size"])
    let digit = try model.layer("digit")
    #expect(digit.className == "Dense")
    #expect(digit.parameterCount == 21)
    #expect(digit.variables.map(\.name) == ["digit/kernel", "digit/bias"])
    #expect(digit.outputTypes == [TensorType([3], .float32)])
    #expect(digit.isTrainable)
    try model.setTrainable(false, "digit")
    #expect(try !model.layer("digit").isTrainable)
    #expect(model.countParameters() == 4 * 6 + 6 + 21 + 7)
    #expect(
      message { _ = try model.layer("head") }
        == "Model: expected the path of a layer, but it is 'head'. Layers are body, digit, size.")
  }

  @Test func intermediateModelsShareWeights() throws {
    let model = try Self.model()
    let features = try model.intermediate("body", "size")
    #expect(features.outputTypes == [TensorType([6], .float32), TensorType([1], .float32)])
    #expect(features.outputNames == ["body", "size"])
    let before = try features.predict([Self.x])
    #expect(try before[1].floats == model.predict([Self.x])[1].floats)
    model.compile(optimizer: .sgd(learningRate: 0.5), losses: [.sparseCategoricalCrossentropy, .meanSquaredError])
    try model.fit([Self.x], [Self.digits, Self.sizes], epochs: 2, verbose: .silent)
    let after = try features.predict([Self.x])
    #expect(after[0].floats != before[0].floats)
    #expect(try after[1].floats == model.predict([Self.x])[1].floats)
    #expect(message { _ = try model.intermediate("nothing") }.hasPrefix("Model: expected the path of a layer"))
  }

  @Test func diagramsShowBranches() throws {
    let model = try Model(inputs: [TensorType([4], .float32)]) { inputs in
      let first = Dense(4, name: "a<b")(inputs[0])
      return [Add()([Dropout(0.5)(first), inputs[0] * 2])]
    }
    let svg = model.diagram()
    #expect(svg.hasPrefix("<svg xmlns"))
    #expect(svg.contains("a&lt;b (Dense)"))
    #expect(svg.contains("dropout (Dropout)"))
    #expect(svg.contains("input 0"))
    #expect(svg.contains("[batch, 4]"))
    // input → dense → dropout → add, and input → add.
    #expect(svg.components(separatedBy: "marker-end").count - 1 == 4)
    #expect(svg.components(separatedBy: "<rect x").count - 1 == 4)
  }

  @Test func metricsOfOutputsAreSaved() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let layer = Sequential {
      Dense(4, activation: .relu, kernelConstraint: .maxNorm(1.5))
      Dense(1, kernelInitializer: .orthogonal(gain: 2).seeded(3), kernelRegularizer: .orthogonal())
    }
    let model = try Model(layer, inputShape: [4])
    model.compile(
      optimizer: Muon(ema: WeightAverage(overwriteFrequency: 3), gradientAccumulationSteps: 2),
      losses: [MeanSquaredError().reduced(by: .sum)], metricsByOutput: [[.mae, FBetaScore(beta: 2)]])
    let path = folder.appendingPathComponent("model").path
    for _ in 0..<3 { try model.trainOnBatch(Self.x, Self.sizes) }
    try model.save(to: path)
    let read = try Model.load(from: path)
    for _ in 0..<3 {
      let (a, b) = (try model.trainOnBatch(Self.x, Self.sizes), try read.trainOnBatch(Self.x, Self.sizes))
      #expect(a.map(\.value) == b.map(\.value))
      #expect(a.names == ["loss", "mae", "fbeta_score"])
      #expect(b.names == a.names)
    }
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing was thrown"
    } catch {
      return "\(error)"
    }
  }
}
