import Cajal
import Foundation
import Testing

/// Small networks and samples for the tests of GANs.
enum Adversarial {
  /// A generator of points from noise [4], and of pictures where the shape has three axes.
  static func generator(_ outputs: Int = 2, linear: Bool = false, seed: Int = 1) throws -> Model {
    try Model(
      Sequential {
        Dense(16, activation: linear ? .linear : .relu)
        Dense(outputs)
      }, inputShape: [4], seed: seed)
  }

  static func critic(_ inputs: Int = 2, seed: Int = 2) throws -> Model {
    try Model(
      Sequential {
        Dense(16, activation: .tanh)
        Dense(1)
      }, inputShape: [inputs], seed: seed)
  }

  static func points(_ count: Int, seed: Int = 5) -> Tensor {
    var random = RandomSource(seed: seed)
    return random.normal([count, 2], deviation: 0.3) + Tensor([2, -1])
  }

  static func values(_ model: Model) -> [[Float]] { model.variables.map { Tensor($0).floats } }
}

extension Tensor {
  fileprivate init(_ variable: Variable) {
    self = (try? Tensor(variable.value, shape: variable.type.shape)) ?? .zeros([])
  }
}

@Suite struct AdversarialTests {
  // MARK: - Losses and the penalty

  @Test func lossesAreTheFormulas() throws {
    let (real, fake) = (Tensor([[2], [-1]]), Tensor([[0.5], [-3]]))
    func sigmoid(_ x: Double) -> Double { 1 / (1 + Foundation.exp(-x)) }
    let plain = AdversarialLoss.nonSaturating()
    let expected =
      -(Foundation.log(sigmoid(2)) + Foundation.log(sigmoid(-1))) / 2
      - (Foundation.log(1 - sigmoid(0.5)) + Foundation.log(1 - sigmoid(-3))) / 2
    #expect(abs(plain.discriminator(real: real, fake: fake).item - expected) < 1e-5)
    let drawn = -(Foundation.log(sigmoid(0.5)) + Foundation.log(sigmoid(-3))) / 2
    #expect(abs(plain.generator(fake: fake).item - drawn) < 1e-5)
    // Smoothing by 0.2 adds 0.2 of what the real ones would cost as fakes instead of as real ones.
    let more = 0.2 * ((2 + -1) / 2)
    let smoothed = AdversarialLoss.nonSaturating(labelSmoothing: 0.2)
    #expect(abs(smoothed.discriminator(real: real, fake: fake).item - expected - more) < 1e-5)
    let wasserstein = AdversarialLoss.wasserstein()
    #expect(wasserstein.discriminator(real: real, fake: fake).item == -1.25 - 0.5)
    #expect(wasserstein.generator(fake: fake).item == 1.25)
    #expect(abs(plain.score(fake).item - (sigmoid(0.5) + sigmoid(-3)) / 2) < 1e-6)
  }

  /// D(x) = w·x has the gradient w everywhere: the penalty is (|w| - 1)² whatever lies between the samples.
  @Test func thePenaltyOfALinearCritic() throws {
    let critic = try Model(
      Dense(1, kernelInitializer: .values([3, 0, -4, 0, 0, 0]), name: "w"), inputShape: [6])
    let step = CompiledStep { step in [step.gradientPenalty(real: step.inputs[0], fake: step.inputs[1]) { critic($0) }]
    }
    var random = RandomSource(seed: 1)
    let value = try step.run([random.normal([8, 6]), random.normal([8, 6])])[0].item
    #expect(abs(value - 16) < 1e-4)
    #expect(
      abs(
        try CompiledStep { step in
          [step.gradientPenalty(real: step.inputs[0], fake: step.inputs[0], target: 5) { critic($0) }]
        }.run([random.normal([8, 6])])[0].item) < 1e-8)
  }

  /// Where real samples and fakes are the same, the points between them are known, and the penalty is a function of the weights.
  @Test(arguments: [false, true]) func theGradientOfThePenaltyIsThatOfDifferences(ofConvolutions: Bool) throws {
    let critic: Model
    if ofConvolutions {
      critic = try Model(
        Sequential {
          Conv2D(4, kernelSize: 3, strides: 2, padding: .same)
          Activation(.softplus)  // without kinks, which differences would step over
          LayerNormalization(axis: [1, 2, 3])
          Flatten()
          Dense(3, activation: .tanh)
          Dense(1)
        }, inputShape: [6, 6, 1], seed: 3)
    } else {
      critic = try Model(
        Sequential {
          Dense(6, activation: .tanh)
          Dense(5, activation: .softplus)
          Dense(1)
        }, inputShape: [3], seed: 3)
    }
    let trainer = Trainer(.sgd(), for: critic)
    let step = CompiledStep { step in
      let penalty = step.gradientPenalty(real: step.inputs[0], fake: step.inputs[0]) { critic($0) }
      return [penalty] + step.gradients(of: penalty, for: trainer)
    }
    var random = RandomSource(seed: 4)
    let x = random.normal(Shape([5] + critic.inputTypes[0].shape.dimensions))
    let gradients = Array(try step.run([x]).dropFirst()).map(\.floats)
    let largest = gradients.joined().map(abs).max() ?? 0
    #expect(largest > 0.05)
    var compared = 0
    for (parameter, gradient) in zip(trainer.parameters, gradients) {
      let start = Tensor(parameter).floats
      for place in stride(from: 0, to: start.count, by: max(1, start.count / 6)) {
        func penalty(_ change: Float) throws -> Double {
          var moved = start
          moved[place] += change
          parameter.value = Storage(moved)
          return try step.run([x])[0].item
        }
        let h: Float = 4e-3
        let slope = (try penalty(h) - penalty(-h)) / Double(2 * h)
        parameter.value = Storage(start)
        #expect(
          abs(slope - Double(gradient[place])) < 0.02 * Double(largest),
          "\(parameter.name)[\(place)]: \(gradient[place]), and by differences \(slope)")
        compared += 1
      }
    }
    #expect(compared > 20)
  }

  // MARK: - Steps

  @Test(arguments: [AdversarialLoss.nonSaturating(labelSmoothing: 0.1), .wasserstein()])
  func updatesReachTheRightNetwork(loss: AdversarialLoss) throws {
    let samples = Adversarial.points(32)
    for trainsGenerator in [false, true] {
      let (generator, critic) = (try Adversarial.generator(), try Adversarial.critic())
      let before = (Adversarial.values(generator), Adversarial.values(critic))
      let gan = try GAN(
        generator: generator, discriminator: critic, loss: loss,
        generatorOptimizer: SGD(learningRate: trainsGenerator ? 0.1 : 0),
        discriminatorOptimizer: SGD(learningRate: trainsGenerator ? 0 : 0.1), discriminatorSteps: 1, range: nil)
      try gan.fit(samples, batchSize: 16, verbose: .silent)
      #expect((Adversarial.values(generator) != before.0) == trainsGenerator)
      #expect((Adversarial.values(critic) != before.1) == !trainsGenerator)
    }
  }

  @Test func theDiscriminatorHasSoManySteps() throws {
    let gan = try GAN(
      generator: Adversarial.generator(), discriminator: Adversarial.critic(), loss: .wasserstein(),
      discriminatorSteps: 3, range: nil)
    try gan.fit(Adversarial.points(75), epochs: 1, batchSize: 10, verbose: .silent)  // 7 batches, 5 samples left
    func steps(_ trainer: Trainer) -> Int64? { trainer.variables[0].value.scalars(as: Int64.self).first }
    #expect(steps(gan.discriminatorTrainer) == 7)
    #expect(steps(gan.generatorTrainer) == 2)
    #expect(
      try GAN(generator: Adversarial.generator(), discriminator: Adversarial.critic(), loss: .wasserstein())
        .discriminatorSteps == 5)
  }

  @Test func theSameSeedGivesTheSameBits() throws {
    func trained(seed: Int) throws -> ([[Float]], [Float], Logs?) {
      let gan = try GAN(
        generator: Adversarial.generator(), discriminator: Adversarial.critic(), loss: .wasserstein(),
        discriminatorSteps: 2, range: nil, seed: seed)
      let history = try gan.fit(Adversarial.points(64), epochs: 2, batchSize: 16, verbose: .silent)
      return (
        Adversarial.values(gan.generator) + Adversarial.values(gan.discriminator), try gan.generate(3).floats,
        history.epochs.last?.logs
      )
    }
    let (first, again, other) = (try trained(seed: 1), try trained(seed: 1), try trained(seed: 2))
    #expect(first.0 == again.0 && first.1 == again.1 && first.2 == again.2)
    #expect(first.0 != other.0 && first.1 != other.1)
  }

  @Test func aWassersteinGANFindsAMean() throws {
    let gan = try GAN(
      generator: Adversarial.generator(), discriminator: Adversarial.critic(), loss: .wasserstein(),
      generatorOptimizer: Adam(learningRate: 2e-3, beta1: 0, beta2: 0.9),
      discriminatorOptimizer: Adam(learningRate: 1e-2, beta1: 0, beta2: 0.9), range: nil)
    // Around an equilibrium both sides go in circles; smaller steps make them smaller.
    let slower = LambdaCallback(epochBegin: { if $0.epoch > 16 { $0.control.learningRate *= 0.94 } })
    let history = try gan.fit(
      Adversarial.points(64 * 45), epochs: 40, batchSize: 64, callbacks: [slower], verbose: .silent)
    let mean = try gan.generate(256).mean(axes: [0]).floats
    #expect(abs(mean[0] - 2) < 0.5 && abs(mean[1] + 1) < 0.5, "the mean is \(mean)")
    #expect(history["gradient_penalty"].last ?? 1 < 0.2)
    #expect(history.names.contains("real_score") && history["generator_loss"].count == 40)
  }

  @Test func callbacksSeeAndStop() throws {
    let gan = try GAN(generator: Adversarial.generator(), discriminator: Adversarial.critic(), range: nil)
    var batches = 0
    let watcher = LambdaCallback(
      epochBegin: { $0.control.learningRate *= 0.5 },
      epochEnd: { if $0.epoch == 1 { $0.control.stopTraining = true } },
      batchEnd: { _ in batches += 1 })
    let history = try gan.fit(Adversarial.points(40), epochs: 9, batchSize: 10, callbacks: [watcher], verbose: .silent)
    #expect(history.epochs.count == 2 && batches == 8)
    #expect(abs(gan.generatorTrainer.learningRate - 5e-5) < 1e-9)
    #expect(abs(gan.discriminatorTrainer.learningRate - 5e-5) < 1e-9)
    #expect(
      history.names == ["discriminator_loss", "real_score", "fake_score", "generator_loss", "diversity"])
  }
}
