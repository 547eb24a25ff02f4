import Cajal
import Synchronization
import Testing

/// What looks like Swift and is a graph: each trap works, or is an error that says what to do.
@Suite struct TracingTraps {
  private static let x = Tensor([[1, 2], [3, 4], [5, 6], [7, 8]])
  private static let y = Tensor([[1], [0], [1], [0]])

  @Test func swiftIfOnATracedValue() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let step = CompiledStep { step in
        let x = step.inputs[0]
        if x.sum().item > 0 { return [x * 2] }  // reads a value that is not there yet
        return [x]
      }
      try step.run([Tensor([1, 2])])
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("stands for values of a later step"))
  }

  @Test func printingATracedTensor() throws {
    // The description says what it is; it does not invent values.
    let seen = Mutex("")
    let step = CompiledStep { step in
      seen.withLock { $0 = "\(step.inputs[0])" }
      return [step.inputs[0]]
    }
    try step.run([Tensor([1, 2])])
    #expect(seen.withLock { $0 } == "Tensor float32[2] of a later step")
  }

  @Test func printingAValue() {
    #expect("\(Tensor([[1, 2], [3, 4.5]]) * 2)" == "[[2, 4],\n [6, 9]]")
    #expect("\(Tensor([1, 2]) .> 1)" == "[false, true]")
    #expect("\(Tensor.zeros([0, 3]))" == "[]")
    #expect("\(Tensor.range(2000, dtype: .int32))" == "[0, 1, 2, …, 1997, 1998, 1999]")
    #expect("\(Tensor(0.1))" == "0.1")
  }

  @Test func layerOutsideAModel() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Dense(2)(Tensor([[1, 2]]))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("Make a model of the layer"))
  }

  @Test func learningRateChangesBetweenSteps() throws {
    let model = try Model(Dense(1, useBias: false, kernelInitializer: .ones), inputShape: [2])
    let trainer = Trainer(.sgd(learningRate: 0.5), for: model)
    let step = CompiledStep { step in
      step.minimize(model(step.inputs[0]).mean(), by: trainer)
      return []
    }
    try step.run([Tensor([[1, 1]])])
    #expect(try model.weight("kernel").floats == [0.5, 0.5])
    trainer.learningRate = 0.25
    try step.run([Tensor([[1, 1]])])
    #expect(try model.weight("kernel").floats == [0.25, 0.25])
    #expect(step.compilations == 1)
  }

  @Test func scheduleInFit() throws {
    let model = try Model(Dense(1, useBias: false, kernelInitializer: .ones), inputShape: [1])
    model.compile(optimizer: .sgd(learningRate: 0.1), loss: .meanAbsoluteError)
    let schedule = LearningRateScheduler { epoch, _ in epoch == 0 ? 0.5 : 0.125 }
    try model.fit(Tensor([[1]]), Tensor([[-9]]), epochs: 2, callbacks: [schedule], verbose: .silent)
    #expect(try model.weight("kernel").item == 1 - 0.5 - 0.125)
  }

  @Test func randomnessDiffersEachStepAndRepeatsWithTheSeed() throws {
    func draws(_ seed: Int) throws -> [[Float]] {
      let step = CompiledStep(seed: seed) { step in [step.normal([4]) + step.inputs[0]] }
      return try (0..<3).map { _ in try step.run([Tensor(0)])[0].floats }
    }
    let first = try draws(1)
    #expect(Set(first).count == 3)
    #expect(try draws(1) == first)
    #expect(try draws(2) != first)
    // Two draws of one step differ too.
    let step = CompiledStep { step in [step.normal([4]), step.normal([4])] }
    let both = try step.run()
    #expect(both[0].floats != both[1].floats)
  }

  @Test func dropoutDiffersEachStep() throws {
    let model = try Model(Dropout(0.5), inputShape: [64], seed: 1)
    let step = CompiledStep { step in [model(step.inputs[0])] }
    let masks = try (0..<3).map { _ in try step.run([.ones([1, 64])])[0].floats }
    #expect(Set(masks).count == 3)
  }

  @Test func sharedLayer() throws {
    let model = try Model(inputs: [TensorType([2], .float32), TensorType([2], .float32)]) { inputs in
      let encode = Shared(Dense(3, name: "encode"))
      return [encode(inputs[0]) - encode(inputs[1])]
    }
    #expect(model.variables.map(\.name) == ["encode/kernel", "encode/bias"])
    #expect(try model.predict([Self.x, Self.x])[0].floats.allSatisfy { $0 == 0 })
  }

  @Test func layerUsedTwiceWithoutShared() throws {
    let layer = Dense(2)
    let error = #expect(throws: CajalError.self) {
      _ = try Model(
        Sequential {
          layer
          layer
        }, inputShape: [2])
    }
    #expect(error?.description.contains("Shared(…)") == true)
  }

  /// Asks for a parameter only when it trains.
  struct Late: Layer {
    var name = LayerName()
    func forward(_ x: Tensor) throws -> Tensor {
      x.scope.isTraining ? x * x.scope.parameter("late", [x.shape.last], .ones) : x
    }
  }

  @Test func parameterAskedForLater() throws {
    let model = try Model(Late(name: "late_layer"), inputShape: [2])
    model.compile(optimizer: .sgd, loss: .meanSquaredError)
    let error = #expect(throws: CajalError.self) { try model.fit(Self.x, Self.x, verbose: .silent) }
    #expect(
      error?.description
        == "late: expected the variables of the built model, but a later trace asks for a new one. Ask for every parameter "
        + "in every call of forward, whatever the mode.")
  }

  @Test func modelInsideAModel() throws {
    // Its weights begin as copies: training the outer model leaves the inner one as it was.
    let inner = try Model(Dense(2), inputShape: [2])
    let outer = try Model(inputs: inner.inputTypes) { inner($0) }
    let before = try inner.predict(Self.x).floats
    #expect(try outer.predict(Self.x).floats == before)
    outer.compile(optimizer: .sgd, loss: .meanSquaredError)
    try outer.fit(Self.x, Self.x, verbose: .silent)
    #expect(try inner.predict(Self.x).floats == before)
    #expect(try outer.predict(Self.x).floats != before)
  }

  @Test func lossThatDependsOnNothingTrained() throws {
    let model = try Model(Dense(1), inputShape: [2])
    let trainer = Trainer(.sgd, for: model)
    let step = CompiledStep { step in
      step.minimize(step.inputs[0].mean(), by: trainer)
      return []
    }
    let error = #expect(throws: CajalError.self) { try step.run([Self.x]) }
    #expect(error?.description.contains("a loss that depends on the trainer's parameters") == true)
  }
}
