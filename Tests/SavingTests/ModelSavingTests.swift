import CajalModels
import Foundation
import Testing

@testable import Cajal

/// A custom layer with layers inside, and its own class of loss, metric and optimizer.
private struct Gate: Layer {
  var inner = Dense(3, name: "inner")
  var name = LayerName()
  func forward(_ x: Tensor) throws -> Tensor { inner(x) * x.scope.parameter("scale", [3], .ones) }
}
private struct Unregistered: Layer {
  var name = LayerName()
  func forward(_ x: Tensor) throws -> Tensor { x * 2 }
}
private struct Fourth: Loss {
  func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    (prediction - target).squared().squared().mean(axes: [-1])
  }
}
private struct Plain: Optimizer {
  var learningRate = 0.1
  var clipping: GradientClipping?
  var weightDecay: WeightDecay?
  func update(_ parameter: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    parameter - gradient * scope.learningRate
  }
}

@Suite struct ModelSavingTests {
  @Test func tenEpochsAreFiveAndFive() throws {
    let folder = ScratchFolder()
    let (x, y) = Networks.samples()
    let whole = try Networks.rich()
    try whole.fit(x, y, epochs: 6, batchSize: 24, verbose: .silent)
    let first = try Networks.rich()
    try first.fit(x, y, epochs: 3, batchSize: 24, verbose: .silent)
    try first.save(to: folder.file("m.cajal"))
    let second = try Model.load(from: folder.file("m.cajal"))
    #expect(second.bits == first.bits)
    #expect(try second.predict(x).floats == first.predict(x).floats)
    try second.fit(x, y, epochs: 6, batchSize: 24, initialEpoch: 3, verbose: .silent)
    #expect(second.bits == whole.bits)
    // Saved once more before anything is trained, the optimizer's state is still there.
    let third = try Model.load(from: folder.file("m.cajal"))
    try third.save(to: folder.file("n.cajal"))
    let fourth = try Model.load(from: folder.file("n.cajal"))
    try fourth.fit(x, y, epochs: 6, batchSize: 24, initialEpoch: 3, verbose: .silent)
    #expect(fourth.bits == whole.bits)
    // Without the state it is another training, so the comparison can fail.
    try first.save(to: folder.file("o.cajal"), includingTraining: false)
    let fifth = try Model.load(from: folder.file("o.cajal"))
    try fifth.fit(x, y, epochs: 6, batchSize: 24, initialEpoch: 3, verbose: .silent)
    #expect(fifth.bits != whole.bits)
    #expect(try listing(folder.file("o.cajal")) == ["config.json", "model.safetensors"])
    #expect(
      try listing(folder.file("m.cajal")) == ["config.json", "model.safetensors", "training.safetensors"])
  }

  private func listing(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  @Test(
    arguments: [
      SGD(momentum: 0.9, nesterov: true), Nadam(), AdamW(clipping: .globalNorm(1)),
      RMSprop(momentum: 0.5, centered: true),
      SGD(momentum: 0.9).following(CosineDecay(initialRate: 0.05, decaySteps: 20)),
    ] as [any Optimizer])
  func everyOptimizerGoesOn(optimizer: any Optimizer) throws {
    let folder = ScratchFolder()
    let (x, y) = Networks.samples(40)
    let whole = try Networks.rich(optimizer: optimizer)
    try whole.fit(x, y, epochs: 2, batchSize: 16, verbose: .silent)
    let first = try Networks.rich(optimizer: optimizer)
    try first.fit(x, y, epochs: 1, batchSize: 16, verbose: .silent)
    try first.save(to: folder.file("m.cajal"))
    let second = try Model.load(from: folder.file("m.cajal"))
    try second.fit(x, y, epochs: 2, batchSize: 16, initialEpoch: 1, verbose: .silent)
    #expect(second.bits == whole.bits)
    #expect(second.training?.optimizer.hasSchedule == optimizer.hasSchedule)
  }

  @Test func whatCompileWasGivenComesBack() throws {
    let folder = ScratchFolder()
    LayerRegistry.register(Gate.self)
    LossRegistry.register(Fourth.self)
    OptimizerRegistry.register(Plain.self)
    let model = try Model(Gate(), inputShape: [4], seed: 2)
    let metrics: [any Metric] = [
      .mse, LossMean(Huber(delta: 2), name: "huber"), LossMean(Fourth(), name: "fourth"), AUC(curve: .precisionRecall),
      TopKCategoricalAccuracy(k: 2),
    ]
    model.compile(optimizer: Plain(learningRate: 0.25), losses: [Fourth()], lossWeights: [0.5], metrics: metrics)
    try model.setTrainable(false, "inner")
    try model.save(to: folder.file("m.cajal"))
    let loaded = try Model.load(from: folder.file("m.cajal"))
    let settings = try loaded.settings()
    #expect(loaded.bits == model.bits && loaded.variables.map(\.name) == model.variables.map(\.name))
    #expect(settings.optimizer is Plain && settings.optimizer.learningRate == 0.25 && settings.lossWeights == [0.5])
    #expect(settings.losses[0] is Fourth)
    #expect(settings.metricNames == ["mse", "huber", "fourth", "auc", "top_k_categorical_accuracy"])
    #expect((settings.metrics[1] as? LossMean<Huber>)?.loss.delta == 2)
    #expect((settings.metrics[3] as? AUC)?.curve == .precisionRecall)
    #expect(!loaded.isTrainable("inner/kernel") && loaded.isTrainable("scale"))
    #expect(try Model.load(from: folder.file("m.cajal"), compiled: false).training == nil)
  }

  @Test func architecturesOfTheLibraryNeedNoRegistration() throws {
    let folder = ScratchFolder()
    let model = try Model(LeNet5(), inputShape: [28, 28, 1], seed: 4)
    try model.save(to: folder.file("lenet.cajal"))
    let loaded = try Model.load(from: folder.file("lenet.cajal"))
    #expect(loaded.bits == model.bits)
    #expect(loaded.architecture is LeNet5)
  }

  @Test func everyClassOfTheListsIsKnown() throws {
    // A class that is missing from its list could not be read back.
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Sources/Cajal")
    for (folder, pattern, names) in [
      ("Optimizers", ": Optimizer", OptimizerRegistry.classes.names), ("Losses", ": Loss", LossRegistry.classes.names),
      ("Metrics", ": Metric", MetricRegistry.classes.names), ("Metrics", ": SampleMean", MetricRegistry.classes.names),
      ("Schedules", ": LearningRateSchedule", ScheduleRegistry.classes.names),
    ] {
      let files = try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
      for file in files where file.hasSuffix(".swift") {
        let text = try String(
          contentsOf: root.appendingPathComponent(folder).appendingPathComponent(file), encoding: .utf8)
        for line in text.split(separator: "\n") where line.hasPrefix("public struct ") && line.contains(pattern) {
          let name = line.dropFirst("public struct ".count).prefix { $0.isLetter || $0.isNumber }
          if line.contains("<") { continue }
          // A metric that shares its name with a loss has another one in Swift.
          let plain = name.hasSuffix("Metric") ? name.dropLast(6) : name
          let known = names.contains(String(name)) || names.contains(String(plain))
          #expect(known, "\(name) in \(file)")
        }
      }
    }
  }

  @Test func errorsForPeople() throws {
    let folder = ScratchFolder()
    let dense = Dense(2)
    let function = try Model(inputs: [TensorType([3], .float32)]) {
      [dense($0[0]).transposed([0, 1]).softmax(axis: -1)]
    }
    let closure = #expect(throws: CajalError.self) { try function.save(to: folder.file("f.cajal")) }
    #expect(closure?.kind == .unsupported && closure?.advice.contains("saveWeights") == true)
    try function.saveWeights(to: folder.file("f.safetensors"))
    #expect(try function.loadWeights(from: folder.file("f.safetensors")).isComplete)

    try Model(Unregistered(), inputShape: [3]).save(to: folder.file("u.cajal"))
    let unknown = #expect(throws: CajalError.self) { try Model.load(from: folder.file("u.cajal")) }
    #expect(
      unknown?.kind == .missing && unknown?.description.contains("LayerRegistry.register(Unregistered.self)") == true)

    let none = #expect(throws: CajalError.self) { try Model.load(from: folder.file("none")) }
    #expect(none?.kind == .missing && none?.subject == folder.file("none"))
    #expect(throws: CajalError.self) { try Model.load(from: folder.file("f.safetensors")) }
    #expect(throws: CajalError.self) { try Model.load(from: folder.path) }
  }

  @Test func aLinkStaysALink() throws {
    let folder = ScratchFolder()
    let model = try Model(Dense(2), inputShape: [3])
    try model.save(to: folder.file("first.cajal"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("best.cajal"), withDestinationPath: folder.file("first.cajal"))
    try model.setWeight("bias", Tensor([5, 6]))
    try model.save(to: folder.file("best.cajal"))
    #expect(try Model.load(from: folder.file("first.cajal")).weight("bias").floats == [5, 6])
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("best.cajal")) == folder.file("first.cajal")
    )
  }

  /// A writer replaces the model again and again while readers open it: each finds one of them, whole.
  @Test func readersAndWritersTogether() async throws {
    let folder = ScratchFolder(isFast: true)
    let path = folder.file("m.cajal")
    let model = try Model(
      Sequential {
        Dense(40)
        Dense(40)
      }, inputShape: [40])
    func fill(_ value: Float) throws {
      for variable in model.variables {
        try model.setWeight(variable.name, Tensor.full(variable.type.shape, Double(value)))
      }
    }
    try fill(0)
    try model.save(to: path)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<2 {
        group.addTask {
          for _ in 0..<60 {
            let read = try Model.load(from: path)
            #expect(Set(try read.variables.flatMap { try read.weight($0.name).floats }).count == 1)
          }
        }
      }
      for number in 1...60 {
        try fill(Float(number))
        try model.save(to: path)
      }
      try await group.waitForAll()
    }
    #expect(folder.names == ["m.cajal"])
  }
}
