import Cajal
import Testing

/// Wrong input: what the person is told, word for word.
@Suite struct WrongInput {
  private static func model() throws -> Model {
    let model = try Model(
      Sequential {
        Conv2D(4, kernelSize: 3, activation: .relu)
        Flatten()
        Dense(3, activation: .softmax)
      }, inputShape: [8, 8, 1])
    model.compile(optimizer: .adam, loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    return model
  }

  private static let labels = Tensor([Int32](repeating: 1, count: 4), shape: [4])

  /// What is done wrong, and what is said.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var says: String
    var act: @Sendable (Model) throws -> Void

    init(_ name: String, says: String, _ act: @escaping @Sendable (Model) throws -> Void) {
      testDescription = name
      self.says = says
      self.act = act
    }
  }

  static let cases: [Case] = [
    Case(
      "samples without their channel",
      says:
        "Model: expected input 0 of type float32[8, 8, 1] per sample, but it is float32[8, 8]. Reshape the data to [batch] + [8, 8, 1]."
    ) { try $0.fit(.zeros([4, 8, 8]), labels, verbose: .silent) },
    Case(
      "pictures of another size",
      says: "Model: expected input 0 of type float32[8, 8, 1] per sample, but it is float32[9, 9, 1]."
    ) {
      _ = try $0.predict(.zeros([4, 9, 9, 1]))
    },
    Case(
      "integers instead of floats",
      says:
        "Model: expected input 0 of type float32[8, 8, 1] per sample, but it is uint8[8, 8, 1]. Cast the data to float32."
    ) { _ = try $0.predict(.zeros([4, 8, 8, 1], dtype: .uint8)) },
    Case(
      "other numbers of samples",
      says: "data: expected as many samples everywhere: 5, as in [5, 8, 8, 1], but one tensor is [4]."
    ) {
      try $0.fit(.zeros([5, 8, 8, 1]), labels, verbose: .silent)
    },
    Case("no samples", says: "data: expected at least one sample along the first axis, but the shape is [0, 8, 8, 1].")
    {
      _ = try $0.predict(.zeros([0, 8, 8, 1]))
    },
    Case(
      "batches of nothing", says: "fit: expected a positive batch size and no negative epochs, but they are 0 and 1."
    ) {
      try $0.fit(.zeros([4, 8, 8, 1]), labels, batchSize: 0, verbose: .silent)
    },
    Case(
      "one-hot labels for the sparse loss",
      says:
        "SparseCategoricalCrossentropy: expected class numbers [4] or [4, 1] for predictions [4, 3], but the targets are [4, 3]. "
        + "For one-hot targets use the categorical form without `sparse`."
    ) { try $0.fit(.zeros([4, 8, 8, 1]), .zeros([4, 3]), verbose: .silent) },
    Case(
      "an unknown weight",
      says:
        "Model: expected the path of a variable, but it is 'dense_9/kernel'. Variables are conv2d/kernel, conv2d/bias, dense/kernel, dense/bias."
    ) {
      _ = try $0.weight("dense_9/kernel")
    },
    Case("a weight of another shape", says: "dense/bias: expected float32[3], but it is float32[4].") {
      try $0.setWeight("dense/bias", .zeros([4]))
    },
    Case("an input too few", says: "Model: expected input 0 of type float32[8, 8, 1] per sample, but it is missing.") {
      _ = try $0.trainingStep([], [labels])
    },
  ]

  @Test(arguments: cases) func says(_ wrong: Case) throws {
    let model = try Self.model()
    let error = #expect(throws: CajalError.self) { try wrong.act(model) }
    #expect(error?.description == wrong.says)
  }

  @Test func layersThatDoNotFit() throws {
    let error = #expect(throws: CajalError.self) {
      _ = try Model(
        Sequential {
          Conv2D(4, kernelSize: 3)
          Conv2D(4, kernelSize: 9, name: "second")
        }, inputShape: [8, 8, 1])
    }
    #expect(error?.description.hasPrefix("second") == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("Use padding .same") == true)
  }

  @Test func notANumberInTheData() throws {
    let model = try Self.model()
    let x = Tensor((0..<256).map { $0 == 100 ? Float.nan : 0.5 }, shape: [4, 8, 8, 1])
    let error = #expect(throws: CajalError.self) { try model.fit(x, Self.labels, epochs: 3, verbose: .silent) }
    #expect(
      error?.description
        == "data: expected finite numbers, but input 0 has NaN in sample 1. Fill in or leave out missing values before training."
    )
  }

  @Test func notANumberInAStepOfOnesOwn() throws {
    let model = try Model(Dense(1), inputShape: [2])
    let trainer = Trainer(.sgd, for: model)
    let step = CompiledStep { step in
      step.minimize(model(step.inputs[0]).squared().mean(), by: trainer)
      return []
    }
    let error = #expect(throws: CajalError.self) { try step.run([Tensor([[.nan, 1]])]) }
    #expect(error?.description.contains("a finite loss") == true)
  }

  @Test(arguments: [Int32(3), -1, 1000]) func labelsOutOfRange(_ label: Int32) throws {
    let model = try Self.model()
    let labels = Tensor([0, 1, label, 2], shape: [4])
    let error = #expect(throws: CajalError.self) { try model.fit(.ones([4, 8, 8, 1]), labels, verbose: .silent) }
    #expect(error?.kind == .value)
    #expect(error?.description.contains("expected indices in 0..<3") == true, "\(error?.description ?? "")")
  }

  @Test func wordsOutOfRange() throws {
    let model = try Model(Embedding(inputDim: 5, outputDim: 2), inputShape: [3], dtype: .int32)
    let error = #expect(throws: CajalError.self) {
      _ = try model.predict(Tensor([0, 4, 5] as [Int32], shape: [1, 3]))
    }
    #expect(error?.description.contains("expected indices in 0..<5") == true, "\(error?.description ?? "")")
  }
}
