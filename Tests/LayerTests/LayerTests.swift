import Foundation
import Testing

@testable import Cajal

/// Names and order of weights, modes, files and mistakes.
@Suite struct LayerTests {
  private func weights<L: Layer<Tensor, Tensor>>(_ layer: L, _ inputShape: Shape) throws -> [String] {
    try outline(layer, inputShape).variables.map(\.name)
  }

  @Test func pathsInASequenceAreKerasOnes() throws {
    let network = Sequential {
      Conv2D(4, kernelSize: 3)
      BatchNormalization()
      Activation(.relu)
      Conv2D(4, kernelSize: 3, useBias: false)
      Sequential(name: "head") {
        Flatten()
        Dense(3)
        Dense(2, name: "last")
      }
    }
    #expect(
      try weights(network, [8, 8, 1]) == [
        "conv2d/kernel", "conv2d/bias", "batch_normalization/gamma", "batch_normalization/beta",
        "batch_normalization/moving_mean", "batch_normalization/moving_variance", "conv2d_1/kernel",
        "head/dense/kernel", "head/dense/bias", "head/last/kernel", "head/last/bias",
      ])
  }

  @Test func builderTakesControlFlow() {
    let isDeep = true
    let network = Sequential {
      for units in [4, 8] { Dense(units) }
      if isDeep { Dense(16) }
      if !isDeep { Dropout(0.5) } else { Flatten() }
    }
    #expect(network.layers.count == 4)
    var added = Sequential()
    added.add(Dense(1))
    #expect(added.layers.count == 1)
  }

  @Test func sharedLayerHasOneSetOfWeights() throws {
    let encode = Shared(Dense(3))
    let type = TensorType([5], .float32)
    let model = try Model(inputs: [type, type]) { inputs in
      [Sequential([encode], name: "left")(inputs[0]) - encode(inputs[1])]
    }
    #expect(model.variables.map(\.name) == ["left/dense/kernel", "left/dense/bias"])
    let x = Tensor([[1, 2, 3, 4, 5]])
    #expect(try model.predict([x, x])[0].floats == [0, 0, 0])
  }

  @Test func sharedLayersWithLayersInsideHaveOneSetOfWeights() throws {
    for layer in [
      Shared(Sequential([Dense(3), Dense(2)])), Shared(Bidirectional(LSTM(2))), Shared(TimeDistributed(Dense(2))),
      Shared(Inside()),
    ] as [any Layer<Tensor, Tensor>] {
      func twice(_ layer: some Layer<Tensor, Tensor>) throws -> Model {
        let type = TensorType([4, 5], .float32)
        return try Model(inputs: [type, type]) { [layer($0[0]) - layer($0[1])] }
      }
      let model = try twice(layer)
      #expect(model.variables.count == (layer is Shared<Bidirectional> ? 6 : layer is Shared<Sequential> ? 4 : 2))
      let x = Tensor((0..<20).map(Float.init), shape: [1, 4, 5])
      #expect(try model.predict([x, x])[0].floats.allSatisfy { $0 == 0 })
    }
  }

  /// Makes its layer when it is called.
  struct Inside: Layer {
    var name = LayerName()
    func forward(_ x: Tensor) throws -> Tensor { Dense(2)(x) }
  }

  @Test func oneLayerTwiceIsAnError() {
    let dense = Dense(4)
    let error = #expect(throws: CajalError.self) { try outline(Sequential([dense, dense]), [4]) }
    #expect(error?.advice.contains("Shared") == true)
  }

  @Test func residualBlockIsAClosure() throws {
    let model = try Model(inputs: [TensorType([6, 6, 4], .float32)]) { inputs in
      let x = inputs[0]
      return [Add()(x, Conv2D(4, kernelSize: 3, padding: .same)(x))]
    }
    #expect(model.outputTypes[0].shape == [6, 6, 4])
    #expect(model.variables.map(\.name) == ["conv2d/kernel", "conv2d/bias"])
  }

  @Test func dropoutScalesWhatItKeeps() throws {
    let trace = ModelTrace(
      mode: .training, store: VariableStore(seed: 0, values: .shapesOnly), names: LayerNames(), frozen: [])
    let x = Tensor.placeholder("x", TensorType([2, 6], .float32), trace: trace)
    #expect(Dropout(1.0 / 3)(x).key != x.key)
    #expect(Dropout(0)(x).key == x.key)
    #expect(SpatialDropout1D(0.5)(x).shape.isPoisoned)
    #expect(trace.errors.count == 1)

    let inference = try Model(Dropout(0.9), inputShape: [3])
    #expect(try inference.predict(Tensor([[1, 2, 3]])).floats == [1, 2, 3])
  }

  @Test func movingStatisticsFollowTheBatchUnlessFrozen() {
    for (mode, frozen, count) in [
      (ModelTrace.Mode.training, Set<String>(), 2), (.training, ["batch_normalization"], 0), (.inference, [], 0),
    ] {
      let trace = ModelTrace(
        mode: mode, store: VariableStore(seed: 0, values: .shapesOnly), names: LayerNames(), frozen: frozen)
      let x = Tensor.placeholder("x", TensorType([4, 3], .float32), trace: trace)
      #expect(BatchNormalization()(x).shape == [4, 3])
      #expect(trace.updates.count == count)
    }
  }

  @Test func penaltiesAreAddedWhileTraining() {
    for (mode, count) in [(ModelTrace.Mode.training, 3), (.inference, 0)] {
      let trace = ModelTrace(
        mode: mode, store: VariableStore(seed: 0, values: .shapesOnly), names: LayerNames(), frozen: [])
      let x = Tensor.placeholder("x", TensorType([4, 3], .float32), trace: trace)
      _ = Dense(2, kernelRegularizer: .l2(), biasRegularizer: .l1(), activityRegularizer: .l1())(x)
      #expect(trace.losses.count == count)
      #expect(trace.losses.allSatisfy { $0.shape == [] })
    }
  }

  @Test func sequentialSurvivesAFile() throws {
    let network = Sequential(name: "net") {
      Conv2D(
        4, kernelSize: [3, 5], padding: .explicit([1, 2]), activation: .leakyRelu(negativeSlope: 0.1), name: "first")
      MaxPooling2D(padding: .same)
      Sequential {
        BatchNormalization(momentum: 0.9)
        Activation(.softmax(axis: 1))
      }
      Dense(3, kernelInitializer: .heNormal, kernelRegularizer: .l2(0.001))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(network)
    let decoded = try JSONDecoder().decode(Sequential.self, from: data)
    #expect(try encoder.encode(decoded) == data)
    let (before, after) = (try outline(network, [8, 8, 2]), try outline(decoded, [8, 8, 2]))
    #expect(before.variables.map(\.name) == after.variables.map(\.name))
    #expect(before.variables.map(\.type) == after.variables.map(\.type))
    #expect(before.outputTypes == after.outputTypes)
  }

  @Test func unknownClassSaysHowToRegister() throws {
    let text = #"{"name": null, "layers": [{"className": "Scale", "config": {}}]}"#
    let error = #expect(throws: CajalError.self) { try JSONDecoder().decode(Sequential.self, from: Data(text.utf8)) }
    #expect(error?.advice.contains("LayerRegistry.register(Scale.self)") == true)
    LayerRegistry.register(ScaleForTests.self)
    let known = try JSONDecoder().decode(
      Sequential.self,
      from: Data(
        text.replacingOccurrences(of: "Scale", with: "ScaleForTests").replacingOccurrences(
          of: "{}", with: "{\"name\": null}"
        ).utf8))
    #expect(known.layers.first is ScaleForTests)
    let merge = #"{"name": null, "layers": [{"className": "Add", "config": {"name": null}}]}"#
    #expect(throws: CajalError.self) { try JSONDecoder().decode(Sequential.self, from: Data(merge.utf8)) }
  }

  @Test func registryKnowsEveryFile() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources/Cajal/Layers")
    var found: Set<String> = []
    let files = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      let name = file.deletingPathExtension().lastPathComponent
      if text.contains("public struct \(name): ") || text.contains("public typealias \(name) = ") { found.insert(name) }
    }
    #expect(found.count > 50)
    #expect(found == Set(LayerRegistry.builtIn.map { $0.className }))
  }

  @Test(
    arguments: [
      (Dense(0), [4], "Dense): expected units of at least 1, but it is 0."),
      (
        Conv2D(8, kernelSize: 3), [28, 28],
        "Conv2D): expected an input [batch, height, width, channels], but it is [2, 28, 28]. Add a channels axis"
      ),
      (
        Conv2D(8, kernelSize: [3, 3, 3]), [28, 28, 1],
        "Conv2D): expected kernelSize: 2 numbers of at least 1, but it is [3, 3, 3]."
      ),
      (
        Conv2D(8, kernelSize: 3, strides: 0), [28, 28, 1],
        "Conv2D): expected strides: 2 numbers of at least 1, but it is [0, 0]."
      ),
      (
        Conv2D(8, kernelSize: 3, groups: 3), [28, 28, 4],
        "Conv2D): expected input channels and filters divisible by the 3 groups, but there are 4 and 8."
      ),
      (
        Conv2D(8, kernelSize: 3, padding: .causal), [8, 8, 1],
        "Conv2D): expected causal padding on one spatial axis, but there are 2."
      ),
      (Dropout(1.5), [4], "Dropout): expected a rate from 0 to 1, but it is 1.5."),
      (
        Reshape([3, -1]), [4],
        "Reshape): expected a target shape of the 4 elements of a sample [4], but it is [3, -1]."
      ),
      (
        GroupNormalization(groups: 3), [4],
        "GroupNormalization): expected channels divisible by the 3 groups, but there are 4 in [2, 4]."
      ),
      (
        BatchNormalization(axis: 3), [4],
        "BatchNormalization): expected an axis of [2, 4] other than the batch, but it is 3."
      ),
      (Cropping1D(2), [4, 1], "Cropping1D): expected a cropping below the size 4 of axis 1, but it is 2 and 2."),
      (Permute([1, 1]), [4, 2], "Permute): expected each axis from 1 to 2 once, but dims is [1, 1]."),
      (LocalResponseNormalization(size: 4), [4], "LocalResponseNormalization): expected an odd size, but it is 4."),
      (Dense(1 << 30), [1 << 20], "expected sizes from 0 to 2^36 elements"),
      (Conv2D(8, kernelSize: 1 << 24), [4, 4, 1], "expected sizes from 0 to 2^36 elements"),
    ] as [(any Layer<Tensor, Tensor>, [Int], String)])
  func mistakesAreNamed(layer: any Layer<Tensor, Tensor>, inputShape: [Int], text: String) {
    let error = #expect(throws: CajalError.self) { try outline(Sequential([layer]), Shape(inputShape)) }
    #expect(error?.description.contains(text) == true, "\(error?.description ?? "")")
  }
}

/// A layer as a user writes one.
struct ScaleForTests: Layer {
  var name = LayerName()
  func forward(_ x: Tensor) throws -> Tensor { x * x.scope.parameter("scale", [x.shape.last], .ones) }
}
