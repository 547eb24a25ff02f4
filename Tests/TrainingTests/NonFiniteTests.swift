import Testing

// A loss that is no number: the error says which operation, layer, parameter or sample it came from.
@testable import Cajal

/// ln of the distance between target and prediction: -inf where they are equal.
private struct LogDistance: Loss {
  func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    (target - prediction).absolute().log().mean(axes: [1])
  }
}

/// exp of what the layer before gives.
private struct Exponential: Layer {
  var name = LayerName()
  func forward(_ x: Tensor) throws -> Tensor { x.exp() }
}

/// √x, whose slope at 0 is infinite.
private struct Root: Layer {
  var name = LayerName()
  func forward(_ x: Tensor) throws -> Tensor { x.sqrt() }
}

/// Samples without the check that `fit(x, y)` makes before it starts.
private func source(_ x: Tensor, _ y: Tensor) throws -> ArraySource {
  try ArraySource(inputs: [x], targets: [y], shuffles: true)
}

@Suite struct NonFiniteTests {
  private static func perceptron(_ optimizer: any Optimizer = .sgd(), loss: any Loss = .mse) throws -> Model {
    let model = try Model(
      Sequential {
        Dense(4, activation: .relu)
        Dense(4, name: "middle")
        Dense(1)
      }, inputShape: [3], seed: 1)
    model.compile(optimizer: optimizer, loss: loss, metrics: [.mae])
    return model
  }

  private static func values(_ model: Model) -> [[Float]] { model.variables.map { $0.tensor.floats } }

  private static func samples(_ count: Int) -> (x: [Float], y: Tensor) {
    ((0..<(3 * count)).map { Float($0 % 7) / 7 + 0.1 }, .ones([count, 1]))
  }

  @Test(arguments: [Float.nan, .infinity]) func dataIsToldBySample(_ bad: Float) throws {
    let model = try Self.perceptron()
    var (x, y) = Self.samples(50)
    x[3 * 41 + 2] = bad
    let before = Self.values(model)
    let error = #expect(throws: CajalError.self) {
      try model.fit(source(Tensor(x, shape: [50, 3]), y), epochs: 2, batchSize: 50, verbose: .silent)
    }
    #expect(error?.kind == .value)
    #expect(
      error?.given
        == "it is NaN in batch 1 of epoch 1, because input 0 has \(bad.isNaN ? "NaN" : "inf") in sample 41 of the data"
        || error?.given
          == "it is inf in batch 1 of epoch 1, because input 0 has \(bad.isNaN ? "NaN" : "inf") in sample 41 of the data",
      "\(error?.description ?? "")")
    #expect(Self.values(model) == before)
  }

  @Test func targetsAreToldToo() throws {
    let model = try Self.perceptron()
    let (x, _) = Self.samples(40)
    var y = [Float](repeating: 1, count: 40)
    y[33] = .nan
    let error = #expect(throws: CajalError.self) {
      try model.fit(
        source(Tensor(x, shape: [40, 3]), Tensor(y, shape: [40, 1])), epochs: 1, batchSize: 8, verbose: .silent)
    }
    #expect(error?.given.hasSuffix("because target 0 has NaN in sample 33 of the data") == true, "\(error!)")
  }

  /// The first step blows the weights up, the second outgrows the range: the first product to do so is named.
  @Test func overflowNamesTheLayer() throws {
    let model = try Self.perceptron(.sgd(learningRate: 1e30))
    let (x, y) = Self.samples(32)
    let error = #expect(throws: CajalError.self) {
      try model.fit(Tensor(x, shape: [32, 3]), y, epochs: 1, batchSize: 8, verbose: .silent)
    }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("fit: expected a finite loss, but it is "), "\(text)")
    #expect(text.contains("in batch 2 of epoch 1, because contraction in middle (Dense) gives "), "\(text)")
    #expect(text.hasSuffix("lower the learning rate, clip gradients, or scale the data down."), "\(text)")
    // The step that failed is not applied.
    #expect(Self.values(model).allSatisfy { $0.allSatisfy(\.isFinite) })
  }

  @Test func aLossOfOnesOwnIsNamed() throws {
    let model = try Model(Exponential(), inputShape: [2])
    model.compile(optimizer: .sgd(), loss: LogDistance())
    // exp 0 is 1: the prediction for sample 5 meets its target.
    var x = [Float](repeating: 1, count: 16)
    x[10] = 0
    let step = try model.trainingStep(Tensor(x, shape: [8, 2]), .ones([8, 2]))
    let error = #expect(throws: CajalError.self) { try step.run() }
    #expect(
      error?.description
        == "training step: expected a finite loss, but it is -inf, because log in loss (LogDistance) gives -inf "
        + "from numbers in 0…1.718, for sample 5 of the data. "
        + "Keep what goes into log inside its range: add a small number, or clip it with clipped(_:_:).")
  }

  @Test func aLayerInsideIsNamedByItsPath() throws {
    let model = try Model(
      Sequential {
        Dense(2, kernelInitializer: .ones)
        Sequential(name: "inner") { Exponential() }
        Dense(1)
      }, inputShape: [3])
    model.compile(optimizer: .adam(), loss: .mse)
    var x = [Float](repeating: 0.5, count: 30)
    x[12] = 100
    let error = #expect(throws: CajalError.self) {
      try model.fit(Tensor(x, shape: [10, 3]), .ones([10, 1]), epochs: 1, batchSize: 10, verbose: .silent)
    }
    #expect(
      error?.given.contains(
        "because exp in inner/exponential (Exponential) gives inf from numbers in 1.5…101, for sample 4 of the data")
        == true, "\(error?.description ?? "")")
  }

  /// A finite loss with an infinite gradient shows in the step after, in the parameters.
  @Test func parametersThatAreNoNumbersAreNamed() throws {
    let model = try Model(
      Sequential {
        Dense(2, kernelInitializer: .zeros)
        Root()
        Dense(1, name: "last")
      }, inputShape: [3])
    model.compile(optimizer: .sgd(), loss: .mse)
    let error = #expect(throws: CajalError.self) {
      try model.fit(.ones([8, 3]), .ones([8, 1]), epochs: 1, batchSize: 4, verbose: .silent)
    }
    let text = error?.description ?? ""
    #expect(text.contains("in batch 2 of epoch 1, because dense/kernel has had "), "\(text)")
    #expect(text.contains("in it since an earlier update, and so has dense/bias."), "\(text)")
    #expect(text.contains("look between dense/bias and the loss for sqrt"), "\(text)")
  }

  /// Infinities that are written down and meant are nobody's fault: the operation that chokes on them is named.
  @Test func maskedScoresAreNotBlamed() throws {
    let model = try Model(inputs: [TensorType([3], .float32)]) { inputs in
      let x = inputs[0]
      return [(x .> 0).select(x, x.filled(-.infinity)).softmax()]
    }
    model.compile(optimizer: .sgd(), loss: .mse)
    let good = try model.trainingStep(Tensor([[1, 2, -1]]), .zeros([1, 3]))
    try good.run()
    let bad = try model.trainingStep(Tensor([[-1, -2, -1]]), .zeros([1, 3]))
    let error = #expect(throws: CajalError.self) { try bad.run() }
    #expect(error?.given.contains("because softmax outside of layers gives NaN") == true, "\(error?.description ?? "")")
  }

  @Test func terminateOnNaNStillDecides() throws {
    let model = try Self.perceptron()
    var (x, y) = Self.samples(40)
    x[60] = .nan
    for watcher in [TerminateOnNaN(), TerminateOnNaN(everyBatch: false)] {
      let before = Self.values(model)
      let history = try model.fit(
        source(Tensor(x, shape: [40, 3]), y), epochs: 3, batchSize: 40, callbacks: [watcher], verbose: .silent)
      #expect(history.epochs.count == 1 && history["loss"].last?.isNaN == true)
      #expect(Self.values(model) == before)
    }
  }

  @Test func dropoutIsReplayedWithItsOwnNoise() throws {
    let model = try Model(
      Sequential {
        Dropout(0.5)
        Exponential()
        Dense(1)
      }, inputShape: [1], seed: 5)
    model.compile(optimizer: .sgd(learningRate: 1e-30), loss: .mse)
    // Kept, 60 becomes 120, whose exp is infinite; dropped it is 0.
    let step = try model.trainingStep(Tensor([[60]]), .ones([1, 1]))
    let error = #expect(throws: CajalError.self) { try step.run(times: 50) }
    #expect(error?.given.contains("exp in exponential (Exponential) gives inf from numbers in 120…120") == true)
  }

  @Test func stepsOfOnesOwn() throws {
    let model = try Model(
      Sequential {
        Dense(2, kernelInitializer: .ones)
        Exponential()
      }, inputShape: [2])
    let trainer = Trainer(.adam, for: model)
    let step = CompiledStep { step in
      step.minimize(model(step.inputs[0]).mean(), by: trainer)
      return []
    }
    let before = Self.values(model)
    let error = #expect(throws: CajalError.self) { try step.run([Tensor([[1, 1], [90, 1]])]) }
    #expect(
      error?.given
        == "it is inf, because exp in exponential (Exponential) gives inf from numbers in 2…91, for row 1 of the batch",
      "\(error!)")
    #expect(Self.values(model) == before && step.compilations == 1)
    try step.run([Tensor([[1, 1], [1, 1]])])
    #expect(Self.values(model) != before)
  }
}
