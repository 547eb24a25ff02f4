import Cajal
import Testing

@Suite struct CollapseTests {
  private func history(
    _ generator: Model, classes: Int? = nil, _ samples: Tensor, _ labels: Tensor? = nil, epochs: Int,
    _ watch: CollapseDetection
  ) throws -> History {
    let critic = try Model(
      inputs: [TensorType([2], .float32)] + (classes == nil ? [] : [TensorType([], .int32)]), seed: 2
    ) { inputs in [Dense(1)(inputs[0])] }
    // Nobody learns: the generator stays what it is.
    let gan = try GAN(
      generator: generator, discriminator: critic, classes: classes, generatorOptimizer: SGD(learningRate: 0),
      discriminatorOptimizer: SGD(learningRate: 0), range: nil)
    return try gan.fit(samples, labels, epochs: epochs, batchSize: 16, callbacks: [watch], verbose: .silent)
  }

  private func normal(_ count: Int) -> Tensor {
    var random = RandomSource(seed: 8)
    return random.normal([count, 2])
  }

  @Test func aConstantGeneratorIsFound() throws {
    let constant = try Model(Dense(2, kernelInitializer: .zeros), inputShape: [4])
    let watch = CollapseDetection(patience: 2, minimumSteps: 0, stops: true)
    let history = try history(constant, normal(64), epochs: 5, watch)
    #expect(history["diversity"] == [0, 0])
    #expect(watch.collapsedEpoch == 1)
  }

  @Test func aGoodGeneratorIsLeftAlone() throws {
    let watch = CollapseDetection(minimumSteps: 0, stops: true)
    let good = try Model(Dense(2, kernelInitializer: .identity()), inputShape: [2])
    let history = try history(good, normal(512), epochs: 3, watch)
    #expect(history.epochs.count == 3 && watch.collapsedEpoch == nil)
    #expect(history["diversity"].allSatisfy { abs($0 - 1) < 0.15 })
  }

  /// One sample for each label: as different as real ones over all, and the same within each class.
  @Test func aConditionalGeneratorThatIgnoresItsNoiseIsFound() throws {
    let ignoring = try Model(inputs: [TensorType([4], .float32), TensorType([], .int32)]) { inputs in
      [Dense(2)(LabelRows()(inputs[1])) + Dense(2, kernelInitializer: .zeros)(inputs[0])]
    }
    let labels = Tensor((0..<64).map { Int32($0 % 4) }, shape: [64])
    let watch = CollapseDetection(patience: 1, minimumSteps: 6)
    let history = try history(ignoring, classes: 4, normal(64), labels, epochs: 2, watch)
    #expect((history["diversity"].last ?? 1) < 1e-6)
    // Four batches an epoch: the sixth is in the second.
    #expect(watch.collapsedEpoch == 1 && history.epochs.count == 2)
  }

  @Test func aLossThatIsNoNumberNamesTheNetworkAndTheStep() throws {
    let (generator, critic) = (try Adversarial.generator(), try Adversarial.critic())
    critic.variables[0].value = Storage([Float](repeating: .nan, count: 32))
    let gan = try GAN(generator: generator, discriminator: critic, range: nil)
    let before = Adversarial.values(generator)
    let error = #expect(throws: CajalError.self) {
      try gan.fit(Adversarial.points(32), batchSize: 16, verbose: .silent)
    }
    #expect(error?.subject == "GAN, discriminator in batch 1 of epoch 1")
    #expect(error?.given.contains("dense/kernel") == true, "\(error.map(\.description) ?? "")")
    #expect(Adversarial.values(generator) == before)
    let history = try gan.fit(Adversarial.points(32), batchSize: 16, callbacks: [TerminateOnNaN()], verbose: .silent)
    #expect(history.epochs.count == 1)
  }
}

/// One-hot rows of four labels.
private struct LabelRows: Layer {
  var name = LayerName()
  func forward(_ x: Tensor) throws -> Tensor { x.oneHot(4) }
}
