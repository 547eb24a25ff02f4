import Testing

@testable import Cajal

/// Which places count, in losses, metrics and means.
@Suite struct MaskTests {
  private let x = Tensor([1, 2, 3, 0, 4, 0, 0, 0, 5, 6, 7, 8] as [Float], shape: [3, 4, 1])

  @Test func lossAndMetricsLeaveOutWhatDoesNotCount() throws {
    let model = try Model(
      Sequential {
        Masking()
        Dense(1, useBias: false, kernelInitializer: .ones)
      }, inputShape: [4, 1])
    model.compile(optimizer: .sgd(), loss: .meanSquaredError, metrics: [.mae])
    // Errors are 1 where places count, and 100 elsewhere; 8 places count.
    let offset = Tensor([1, 1, 1, 100, 1, 100, 100, 100, 1, 1, 1, 1] as [Float], shape: [3, 4, 1])
    let logs = try model.evaluate(x, x + offset, batchSize: 3)
    #expect(abs(try #require(logs["loss"]) - 1) < 1e-5)
    #expect(abs(try #require(logs["mae"]) - 1) < 1e-5)
  }

  @Test func sampleWeightsAndMasksMultiply() throws {
    let model = try Model(
      Sequential {
        Masking()
        Dense(1, useBias: false, kernelInitializer: .ones)
      }, inputShape: [4, 1])
    model.compile(optimizer: .sgd(learningRate: 0), loss: .meanSquaredError)
    let history = try model.fit(
      x, x + 2, epochs: 1, batchSize: 3, shuffle: false, sampleWeights: Tensor([1, 2, 3]), verbose: .silent)
    // Keras refuses weights of samples together with masks of steps; here both count. Squares of 4 at the 3, 1 and 4 places that count, weighed, over the number 8 of these places.
    let expected: Double = 4 * (3 * 1 + 1 * 2 + 4 * 3) / 8
    #expect(abs(history["loss"][0] - expected) < 1e-5)
  }

  struct Training: Decodable {
    var x: [Int32]
    var y: [Int32]
    var weights: [[Float]]
    var loss: Double
    var accuracy: Double
    var after: [[Double]]
  }

  @Test func trainingAgreesWithKeras() throws {
    let golden = try goldenValue("masked_training.json", as: Training.self)
    let network = Sequential {
      Embedding(inputDim: 6, outputDim: 3, maskZero: true)
      LSTM(3, returnSequences: true)
      Dense(4, activation: .softmax)
    }
    let model = try Model(network, inputShape: [5], dtype: .int32)
    for (variable, values) in zip(model.variables, golden.weights) {
      try model.setWeight(variable.name, Tensor(values, shape: variable.type.shape))
    }
    model.compile(
      optimizer: .sgd(learningRate: 0.5), loss: .sparseCategoricalCrossentropy, metrics: [.sparseCategoricalAccuracy])
    let (x, y) = (Tensor(golden.x, shape: [4, 5]), Tensor(golden.y, shape: [4, 5]))
    let logs = try model.evaluate(x, y, batchSize: 4)
    #expect(abs(try #require(logs["loss"]) - golden.loss) < 1e-5)
    #expect(abs(try #require(logs["sparse_categorical_accuracy"]) - golden.accuracy) < 1e-5)
    let history = try model.fit(x, y, epochs: 1, batchSize: 4, shuffle: false, verbose: .silent)
    #expect(abs(history["loss"][0] - golden.loss) < 1e-5)
    for (variable, after) in zip(model.variables, golden.after) {
      #expect(agree(try model.weight(variable.name).floats, after, tolerance: 1e-5), "\(variable.name)")
    }
  }

  @Test func masksEndWhereKerasEndsThem() throws {
    let trace = ModelTrace(
      mode: .inference, store: VariableStore(seed: 0, values: .shapesOnly), names: LayerNames(), frozen: [])
    let input = Tensor.placeholder("x", TensorType([2, 4, 3], .float32), trace: trace)
    let masked = Masking()(input)
    #expect(masked.mask?.shape == [2, 4])
    #expect(input.mask == nil)
    let passing: [any Layer<Tensor, Tensor>] = [
      Dense(2), Activation(.relu), Dropout(0.5), LayerNormalization(), BatchNormalization(), GaussianNoise(0.1),
      LSTM(2, returnSequences: true), TimeDistributed(Dense(2)), Bidirectional(GRU(1, returnSequences: true)),
      Sequential([Dense(2), Dense(2)]), Identity(),
    ]
    for layer in passing { #expect(call(layer, masked).mask?.shape == [2, 4], "\(type(of: layer))") }
    let ending: [any Layer<Tensor, Tensor>] = [
      Flatten(), Reshape([12]), LSTM(2), GlobalAveragePooling1D(), Conv1D(2, kernelSize: 1), RepeatedScale(),
      MaxPooling1D(), RMSNormalization(),
    ]
    for layer in ending { #expect(call(layer, masked).mask == nil, "\(type(of: layer))") }
    #expect(trace.errors.isEmpty)
    _ = call(Shared(Dense(2)), masked)
  }

  private func call(_ layer: some Layer<Tensor, Tensor>, _ x: Tensor) -> Tensor { layer(x) }

  /// A layer of one's own says nothing of masks: they end.
  struct RepeatedScale: Layer {
    var name = LayerName()
    func forward(_ x: Tensor) throws -> Tensor { x * 2 }
  }

  @Test func userLayersReadAndMakeMasks() throws {
    struct Lengths: Layer {
      var name = LayerName()
      func forward(_ x: Tensor) throws -> Tensor {
        (x.mask?.cast(to: .float32) ?? Tensor.ones([x.shape[0], x.shape[1]])).sum(axes: [1], keepsDimensions: true)
      }
    }
    let model = try Model(Sequential([Masking(), Lengths()]), inputShape: [4, 1])
    #expect(try model.predict(x).floats == [3, 1, 4])
  }
}
