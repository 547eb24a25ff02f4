import Foundation
import Testing

@testable import Cajal

/// Files made by Keras (Tests/Conformance/keras_files.py) and files made for it.
@Suite struct KerasFileTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Golden/keras").path
  static let networks = [
    "sequential", "functional", "frozen", "many_layers", "adamw_amsgrad", "adagrad", "adadelta", "adamax", "nadam",
    "lion",
  ]

  struct Values: Decodable {
    var shape: [Int]
    var dtype: String?
    var values: [Double]
    var tensor: Tensor {
      let shape = Shape(shape)
      return dtype == "int32"
        ? Tensor(values.map { Int32($0) }, shape: shape) : Tensor(values.map { Float($0) }, shape: shape)
    }
  }
  struct Sample: Decodable {
    var inputs: [Values]
    var outputs: [Values]
    var targets: [Values]?
    var trained: [[Double]]?
    var iterations: Int?
  }
  static let samples: [String: Sample] = {
    guard let data = FileManager.default.contents(atPath: folder + "/samples.json"),
      let samples = try? JSONDecoder().decode([String: Sample].self, from: data)
    else { return [:] }
    return samples
  }()

  static func path(_ name: String) -> String { folder + "/" + name }

  static func sample(_ name: String) throws -> Sample { try #require(samples[name]) }

  /// The largest distance, in parts of the largest wanted value.
  static func distance(_ given: [Float], _ wanted: [Double]) -> Double {
    guard given.count == wanted.count else { return .infinity }
    let scale = max(wanted.map(abs).max() ?? 0, 1e-6)
    return (zip(given, wanted).map { abs(Double($0) - $1) }.max() ?? 0) / scale
  }

  private func demandOutputs(_ model: Model, _ sample: Sample, _ name: String) throws {
    let outputs = try model.predict(sample.inputs.map(\.tensor))
    #expect(outputs.map(\.shape.dimensions) == sample.outputs.map(\.shape), "\(name)")
    for (output, wanted) in zip(outputs, sample.outputs) {
      #expect(Self.distance(output.scalars(), wanted.values) < 1e-5, "\(name)")
    }
  }

  private func train(_ model: Model, _ sample: Sample, steps: Int) throws {
    guard let targets = sample.targets else { return }
    let source = try ArraySource(
      inputs: sample.inputs.map(\.tensor), targets: targets.map(\.tensor), shuffles: false)
    for _ in 0..<steps { try model.fit(source, batchSize: 4, verbose: .silent) }
  }

  /// Two more steps after those of the file, after which Keras's own weights are known.
  private func demandTraining(_ model: Model, _ sample: Sample, _ name: String, steps: Int = 2) throws {
    guard let trained = sample.trained else { return }
    try train(model, sample, steps: steps)
    #expect(model.store.step == sample.iterations, "\(name)")
    let weights = try model.kerasConfiguration(including: false).node.weights(of: model.variables)
    #expect(weights.count == trained.count, "\(name)")
    for (weight, wanted) in zip(weights, trained) {
      let given: [Float] = weight.variable.value.scalars()
      #expect(Self.distance(given, wanted) < 1e-4, "\(name): \(weight.variable.name)")
    }
  }

  @Test(arguments: networks)
  func kerasModelsComputeTheSameAndTrainOn(name: String) throws {
    let sample = try Self.sample(name)
    let model = try Model.load(from: Self.path(name + ".keras"))
    #expect(model.notes.isEmpty, "\(model.notes)")
    try demandOutputs(model, sample, name)
    try demandTraining(model, sample, name)
  }

  @Test(arguments: networks)
  func writtenFilesSayTheSame(name: String) throws {
    let folder = ScratchFolder()
    let sample = try Self.sample(name)
    let model = try Model.load(from: Self.path(name + ".keras"))
    try model.save(to: folder.file("m.keras"))
    let again = try Model.load(from: folder.file("m.keras"))
    #expect(again.variables.map(\.name) == model.variables.map(\.name))
    try demandOutputs(again, sample, name)
    try demandTraining(again, sample, name)
    // One step, a file of Cajal's, and the other step.
    let half = try Model.load(from: Self.path(name + ".keras"))
    try train(half, sample, steps: 1)
    try half.save(to: folder.file("half.keras"))
    try demandTraining(Model.load(from: folder.file("half.keras")), sample, name, steps: 1)
    // Into Cajal's own folder and back.
    let plain = try Model.load(from: Self.path(name + ".keras"))
    try plain.save(to: folder.file("folder.cajal"))
    let third = try Model.load(from: folder.file("folder.cajal"))
    try demandOutputs(third, sample, name)
    try demandTraining(third, sample, name)
  }

  /// The groups and numbers of weights are Keras's own.
  @Test(arguments: networks)
  func writtenWeightsLieWhereKerasLooks(name: String) throws {
    let folder = ScratchFolder()
    func arrays(_ path: String) throws -> [String: TensorType] {
      let source = try #require(try ZipReader(path).source("model.weights.h5"))
      let file = try H5File(source, path: path)
      return try Dictionary(
        uniqueKeysWithValues: file.kinds.filter { $0.value == .dataset }.map {
          ($0.key, try #require(try file.entry($0.key)).type)
        })
    }
    let model = try Model.load(from: Self.path(name + ".keras"))
    try model.save(to: folder.file("m.keras"))
    #expect(try arrays(folder.file("m.keras")) == arrays(Self.path(name + ".keras")))
    let archive = try ZipReader(folder.file("m.keras"))
    let metadata = try #require(try archive.bytes("metadata.json", most: 1000))
    #expect(try JSONReader.value(metadata, of: "m")["keras_version"].text == Model.kerasVersion)
  }

  @Test(arguments: ["sequential", "functional"])
  func weightsAndOldFilesAreRead(name: String) throws {
    let folder = ScratchFolder()
    let sample = try Self.sample(name)
    let old = try Model.load(from: Self.path(name + ".h5"))
    try demandOutputs(old, sample, name)
    try demandTraining(old, sample, name)
    // The weights of a file alone, into a model with others.
    for file in [name + ".weights.h5", name + ".h5", name + ".keras"] {
      let model = try Model.load(from: Self.path(name + ".keras"))
      for variable in model.variables where variable.type.dtype == .float32 {
        try model.setWeight(variable.name, Tensor.zeros(variable.type.shape))
      }
      #expect(try model.loadWeights(from: Self.path(file)).isComplete)
      try demandOutputs(model, sample, file)
    }
    let model = try Model.load(from: Self.path(name + ".keras"))
    try model.saveWeights(to: folder.file("w.weights.h5"))
    for variable in model.variables { try model.setWeight(variable.name, Tensor.ones(variable.type.shape)) }
    #expect(try model.loadWeights(from: folder.file("w.weights.h5")).isComplete)
    try demandOutputs(model, sample, name)
  }

  /// A functional model as Keras 2 wrote it: references count a model's calls from 1, options have older names.
  @Test func modelsOfKeras2AreRead() throws {
    let data = try #require(FileManager.default.contents(atPath: Self.path("keras_2.json")))
    let sample = try JSONDecoder().decode(Sample.self, from: data)
    let model = try Model.load(from: Self.path("keras_2.h5"))
    try demandOutputs(model, sample, "keras_2")
    let settings = try model.settings()
    #expect((settings.optimizer as? Adam)?.learningRate == 0.002 && settings.metricNames == ["mae"])
    let folder = ScratchFolder()
    try model.save(to: folder.file("m.keras"))
    try demandOutputs(Model.load(from: folder.file("m.keras")), sample, "keras_2 as .keras")
  }

  @Test func frozenLayersStayFrozen() throws {
    let model = try Model.load(from: Self.path("frozen.keras"))
    #expect(!model.isTrainable("base/conv1d/kernel") && model.isTrainable("head/kernel"))
    let folder = ScratchFolder()
    try model.save(to: folder.file("m.keras"))
    #expect(try !Model.load(from: folder.file("m.keras")).isTrainable("base/conv1d/kernel"))
  }

  @Test func layersOfOnesOwnAreRecorded() throws {
    let folder = ScratchFolder()
    LayerRegistry.register(Swell.self)
    let model = try Model(Block(), inputShape: [3], seed: 2)
    model.compile(optimizer: .adam(clipping: .globalNorm(1)), loss: .meanSquaredError, metrics: [.mae])
    try model.save(to: folder.file("m.keras"))
    let again = try Model.load(from: folder.file("m.keras"))
    let x = Tensor([Float]([0.5, -1, 2]), shape: [1, 3])
    #expect(again.variables.map(\.name) == model.variables.map(\.name))
    #expect(try (again.predict(x).scalars() as [Float]) == model.predict(x).scalars())
    let settings = try again.settings()
    #expect(settings.optimizer.clipping == .globalNorm(1) && settings.metricNames == ["mae"])
  }
}

private struct Swell: Layer {
  var factor = 2.0
  var name = LayerName()
  func forward(_ x: Tensor) throws -> Tensor { x * x.scope.parameter("scale", [], .ones) * factor }
}

private struct Block: Layer {
  var first = Dense(4, activation: .relu), swell = Swell(factor: 3), last = Dense(3)
  var name = LayerName()
  func forward(_ x: Tensor) throws -> Tensor { x + last(swell(first(x))) }
}
