import Foundation
import Testing

@testable import Cajal

/// 30 steps of a small network follow Keras from the same weights and batches.
@Suite struct TrainingParityTests {
  struct Setting: Sendable {
    var optimizer: any Optimizer
    var constraint: Constraint?
    var regularizer: Regularizer?

    init(_ optimizer: any Optimizer, _ constraint: Constraint? = nil, _ regularizer: Regularizer? = nil) {
      self.optimizer = optimizer
      self.constraint = constraint
      self.regularizer = regularizer
    }
  }

  static let settings: [String: Setting] = [
    "sgd": Setting(.sgd(learningRate: 0.1)), "sgd/momentum": Setting(.sgd(learningRate: 0.05, momentum: 0.9)),
    "sgd/nesterov": Setting(.sgd(learningRate: 0.05, momentum: 0.9, nesterov: true)),
    "sgd/decay/kernels": Setting(.sgd(learningRate: 0.1, weightDecay: WeightDecay(0.1, excluding: ["bias"]))),
    "sgd/clipvalue": Setting(.sgd(learningRate: 0.5, clipping: .value(0.02))),
    "sgd/clipnorm": Setting(.sgd(learningRate: 0.5, clipping: .norm(0.1))),
    "sgd/globalClipnorm": Setting(.sgd(learningRate: 0.5, clipping: .globalNorm(0.1))),
    "sgd/ema": Setting(.sgd(learningRate: 0.1, ema: WeightAverage(momentum: 0.8, overwriteFrequency: 4))),
    "sgd/accumulation": Setting(.sgd(learningRate: 0.3, momentum: 0.5, gradientAccumulationSteps: 4)),
    "rmsprop": Setting(.rmsprop(learningRate: 0.01)),
    "rmsprop/centered": Setting(.rmsprop(learningRate: 0.01, rho: 0.8, momentum: 0.5, centered: true)),
    "adagrad": Setting(.adagrad(learningRate: 0.1)), "adadelta": Setting(.adadelta(learningRate: 1)),
    "adam": Setting(.adam(learningRate: 0.02)),
    "adam/amsgrad": Setting(.adam(learningRate: 0.02, beta1: 0.8, beta2: 0.9, amsgrad: true)),
    "adam/accumulation": Setting(.adam(learningRate: 0.05, clipping: .norm(0.05), gradientAccumulationSteps: 3)),
    "adam/accumulation-ema": Setting(
      .adam(learningRate: 0.05, ema: WeightAverage(overwriteFrequency: 3), gradientAccumulationSteps: 2)),
    "adam/schedule": Setting(Adam().following(CosineDecay(initialRate: 0.05, decaySteps: 20))),
    "adamw": Setting(.adamw(learningRate: 0.02, weightDecay: 0.1)), "adamax": Setting(.adamax(learningRate: 0.02)),
    "nadam": Setting(.nadam(learningRate: 0.02)), "lion": Setting(.lion(learningRate: 0.005, weightDecay: 0.1)),
    "ftrl": Setting(
      Ftrl(
        learningRate: 0.3, l1RegularizationStrength: 0.01, l2RegularizationStrength: 0.02,
        l2ShrinkageRegularizationStrength: 0.03, beta: 0.1)),
    "ftrl/power": Setting(Ftrl(learningRate: 0.1, learningRatePower: -0.3)),
    "adafactor": Setting(Adafactor(learningRate: 0.05)),
    "adafactor/options": Setting(
      Adafactor(learningRate: 0.3, beta2Decay: -0.6, epsilon2: 0.01, clipThreshold: 0.5, weightDecay: 0.05)),
    "lamb": Setting(Lamb(learningRate: 0.02)), "lamb/decay": Setting(Lamb(learningRate: 0.02, weightDecay: 0.1)),
    "muon": Setting(Muon(learningRate: 0.02)),
    "muon/options": Setting(
      Muon(
        learningRate: 0.02, adamWeightDecay: 0.05, weightDecay: 0.1, excludeLayers: ["dense_1"], adamLrRatio: 0.5,
        nsSteps: 3, nesterov: false, rmsRate: nil)),
    "scheduleFree": Setting(ScheduleFreeAdamW(learningRate: 0.02)),
    "scheduleFree/warmup": Setting(ScheduleFreeAdamW(learningRate: 0.05, warmupSteps: 10)),
    "adam/lossScale": Setting(
      LossScaleOptimizer(Adam(learningRate: 0.02), initialScale: 1_024, dynamicGrowthSteps: 5)),
    "multi": Setting(
      MultiOptimizer(
        SGD(learningRate: 0.2, clipping: .norm(0.3)),
        [
          ("dense/.*", Adam(learningRate: 0.01, ema: WeightAverage(overwriteFrequency: 5))),
          ("conv1d/kernel", Lion(learningRate: 0.003)),
        ])),
    "sgd/maxNorm": Setting(.sgd(learningRate: 0.2), .maxNorm(0.8)),
    "sgd/minMaxNorm": Setting(.sgd(learningRate: 0.2), .minMaxNorm(minValue: 0.9, maxValue: 1.1, rate: 0.5)),
    "sgd/unitNorm": Setting(.adam(learningRate: 0.02), .unitNorm(axis: [0, 1])),
    "sgd/nonNeg": Setting(.sgd(learningRate: 0.2), .nonNeg),
    "sgd/l1l2": Setting(.sgd(learningRate: 0.1), nil, .l1l2(l1: 0.01, l2: 0.02)),
    "sgd/orthogonal": Setting(.sgd(learningRate: 0.1), nil, .orthogonal(factor: 0.5, mode: .columns)),
    "sgd/orthogonalRows": Setting(.sgd(learningRate: 0.1), nil, .orthogonal(factor: 0.5)),
  ]

  static func model(_ setting: Setting, _ weights: [Float]) throws -> Model {
    let model = try Model(
      Sequential {
        Conv1D(4, kernelSize: 3, activation: .tanh)
        Flatten()
        Dense(
          10, activation: .tanh, kernelRegularizer: setting.regularizer, kernelConstraint: setting.constraint)
        Dense(3, activation: .softmax, biasConstraint: setting.constraint.map { _ in .nonNeg })
      }, inputShape: [6, 2])
    var start = 0
    for variable in model.variables {
      let count = variable.type.shape.count
      try model.setWeight(variable.name, Tensor(Array(weights[start..<start + count]), shape: variable.type.shape))
      start += count
    }
    model.compile(optimizer: setting.optimizer, loss: .categoricalCrossentropy)
    return model
  }

  @Test(arguments: try GoldenRow.rows("training_parity.json").dropFirst())
  func lossesFollowKeras(_ row: GoldenRow) throws {
    let setting = try #require(Self.settings[row.name])
    let data = try #require(try GoldenRow.rows("training_parity.json").first)
    let (x, y) = (try data.floats("x"), try data.floats("y"))
    let model = try Self.model(setting, try data.floats("weights"))
    let losses = try (0..<30).map { step -> Double in
      let batch = step % 5
      return try model.trainOnBatch(
        Tensor(Array(x[batch * 96..<(batch + 1) * 96]), shape: [8, 6, 2]),
        Tensor(Array(y[batch * 24..<(batch + 1) * 24]), shape: [8, 3]))["loss"] ?? .nan
    }
    for (step, (loss, expected)) in zip(losses, try row.numbers("losses")).enumerated()
    where !(abs(loss - expected) <= 1e-4 * abs(expected)) {
      Issue.record("\(row.name), step \(step + 1): the loss is \(loss), expected \(expected)")
      break
    }
    #expect(abs(losses[0] - losses[29]) > 1e-3 * losses[0])
    #expect(model.compilations.count == 1)
  }

  @Test func everySettingHasGoldenRows() throws {
    #expect(Set(try GoldenRow.rows("training_parity.json").dropFirst().map(\.name)) == Set(Self.settings.keys))
  }

  @Test func muonTakesMatricesThatAreNoEmbeddings() {
    let muon = Muon(excludeLayers: ["head$", "block_[12]/"])
    #expect(!muon.usesAdamW(path: "dense/kernel", shape: [3, 4]))
    #expect(muon.usesAdamW(path: "dense/bias", shape: [4]))
    #expect(muon.usesAdamW(path: "conv2d/kernel", shape: [3, 3, 1, 4]))
    #expect(muon.usesAdamW(path: "Embedding/embeddings", shape: [3, 4]))
    #expect(!Muon(excludeEmbeddings: false).usesAdamW(path: "embedding/embeddings", shape: [3, 4]))
    #expect(muon.usesAdamW(path: "block_2/dense/kernel", shape: [3, 4]))
    #expect(!muon.usesAdamW(path: "block_3/dense/kernel", shape: [3, 4]))
  }

  /// |y|, whose gradient at 0 is no number here.
  private struct Distance: Loss {
    func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
      prediction.squared().sqrt().mean(axes: [1])
    }
  }

  @Test func stepsWithoutFiniteGradientsArePassedOver() throws {
    let model = try Model(Dense(1, useBias: false, kernelInitializer: .zeros), inputShape: [1])
    let optimizer = LossScaleOptimizer(
      SGD(learningRate: 0.5, momentum: 0.5), initialScale: 16, dynamicGrowthSteps: 2)
    model.compile(optimizer: optimizer, loss: Distance())
    func scale() throws -> Float {
      let variables = try #require(model.training).optimizerVariables
      return try #require(variables.first { $0.name.hasSuffix("dynamic_scale") }).scalar
    }
    for expected in [8, 4] as [Float] {
      try model.trainOnBatch(.ones([2, 1]), .ones([2, 1]))
      #expect(try model.weight("kernel").floats == [0])
      #expect(try scale() == expected)
    }
    try model.setWeight("kernel", Tensor([[4]]))
    for (kernel, expected) in [(3.5, 4), (2.75, 8), (1.875, 8)] as [(Float, Float)] {
      try model.trainOnBatch(.ones([2, 1]), .ones([2, 1]))
      #expect(try model.weight("kernel").floats == [kernel])
      #expect(try scale() == expected)
    }
    let data = try JSONEncoder().encode(OptimizerEntry(optimizer.following(CosineDecay(initialRate: 1, decaySteps: 2))))
    let read = try JSONDecoder().decode(OptimizerEntry.self, from: data).optimizer
    #expect(read.lossScaling == optimizer.lossScaling)
    #expect(read.hasSchedule)
    #expect(type(of: read).className == "SGD")
  }

  @Test func groupsAreFoundSavedAndRestored() throws {
    let optimizer = MultiOptimizer(
      SGD(learningRate: 0.1), [("a/.*", Adam()), (".*/kernel", Adam()), ("b/kernel", Lion())])
    #expect(try optimizer.group(of: "a/bias") == 0)
    #expect(try optimizer.group(of: "b/kernel") == 2)
    #expect(try optimizer.group(of: "c/d/kernel") == 1)
    #expect(try optimizer.group(of: "c/bias") == nil)
    #expect(
      message { _ = try optimizer.group(of: "a/kernel") }
        == "MultiOptimizer: expected one pattern that matches a/kernel, but there are 'a/.*' and '.*/kernel'. "
        + "Make them exclude one another, or give the path itself.")
    #expect(
      message { _ = try MultiOptimizer(SGD(), [("(", Adam())]).group(of: "a") }
        == "MultiOptimizer: expected a regular expression, but it is '('.")
    let folder = try ScratchFolder()
    let network = Sequential {
      Dense(3, activation: .tanh)
      Dense(1)
    }
    let model = try Model(network, inputShape: [2])
    let schedule = CosineDecay(initialRate: 0.1, decaySteps: 8)
    model.compile(
      optimizer: MultiOptimizer(SGD(momentum: 0.5), [("dense/.*", Adam().following(schedule))]), loss: .meanSquaredError
    )
    let (x, y) = (Tensor([[0.2, 0.7], [0.5, -1]]), Tensor([[1], [0]]))
    for _ in 0..<3 { try model.trainOnBatch(x, y) }
    try model.save(to: folder / "model")
    let read = try Model.load(from: folder / "model")
    for _ in 0..<3 { #expect(try model.trainOnBatch(x, y)["loss"] == read.trainOnBatch(x, y)["loss"]) }
  }

  @Test func gradientsOfOneStepAreNoAccumulation() throws {
    let model = try Model(Dense(1), inputShape: [2])
    model.compile(optimizer: .sgd(gradientAccumulationSteps: 1), loss: .meanSquaredError)
    #expect(
      message { try model.trainOnBatch(.ones([2, 2]), .ones([2, 1])) }
        == "SGD: expected gradients of at least 2 steps, but gradientAccumulationSteps is 1. "
        + "Leave it nil to update in every step.")
  }
}
