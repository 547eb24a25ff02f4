import Cajal
import Testing

@Suite struct AdversarialTests {
  @Test func dcgan() throws {
    let (generator, discriminator) = (try DCGAN.generator(), try DCGAN.discriminator())
    let drawing = Trainer(.adam(learningRate: 2e-3, beta1: 0.5), for: generator)
    let judging = Trainer(.adam(learningRate: 2e-3, beta1: 0.5), for: discriminator)

    let judge = CompiledStep(seed: 3) { step in
      let fake = generator(step.normal([16, 8]))
      let loss = discriminator(fake).softplus().mean() + (-discriminator(step.inputs[0])).softplus().mean()
      step.minimize(loss, by: judging)
      return [loss]
    }
    let draw = CompiledStep(seed: 4) { step in
      let loss = (-discriminator(generator(step.normal([16, 8])))).softplus().mean()
      step.minimize(loss, by: drawing)
      return [loss]
    }

    let (x, _) = Samples.stripes(16, size: 16)
    let untouched = try generator.weight("dense/kernel").floats
    let first = try judge.run([x])[0].item
    #expect(try generator.weight("dense/kernel").floats == untouched)
    for _ in 0..<20 {
      try judge.run([x])
      try draw.run()
    }
    #expect(try generator.weight("dense/kernel").floats != untouched)
    #expect(try judge.run([x])[0].item < first)
    #expect(judge.compilations == 1 && draw.compilations == 1)
    #expect(try generator.predict(.zeros([2, 8])).shape == [2, 16, 16, 1])
  }

  @Test func wganWithGradientPenalty() throws {
    func network(_ outputs: Int, inputs: Int, seed: Int) throws -> Model {
      try Model(
        Sequential {
          Dense(16, activation: .tanh)
          Dense(16, activation: .tanh)
          Dense(outputs)
        }, inputShape: [inputs], seed: seed)
    }
    let generator = try network(2, inputs: 4, seed: 1)
    let critic = try network(1, inputs: 2, seed: 2)
    let criticTrainer = Trainer(.adam(learningRate: 5e-3, beta1: 0, beta2: 0.9), for: critic)
    let generatorTrainer = Trainer(.adam(learningRate: 5e-3, beta1: 0, beta2: 0.9), for: generator)

    let criticStep = CompiledStep { step in
      let real = step.inputs[0]
      let fake = generator(step.normal([64, 4]))
      let between = fake + step.uniform([64, 1]) * (real - fake)
      let slope = gradient(of: critic(between).sum(), with: [between])[0]
      let penalty = (slope.squared().sum(axes: [1]).sqrt() - 1).squared().mean()
      step.minimize(critic(fake).mean() - critic(real).mean() + 10 * penalty, by: criticTrainer)
      return [penalty]
    }
    let generatorStep = CompiledStep { step in
      step.minimize(-critic(generator(step.normal([64, 4]))).mean(), by: generatorTrainer)
      return []
    }
    var random = RandomSource(seed: 5)
    let real = random.normal([64, 2], deviation: 0.3) + Tensor([2, -1])
    var penalty = 0.0
    for _ in 0..<150 {
      for _ in 0..<3 { penalty = try criticStep.run([real])[0].item }
      try generatorStep.run()
    }
    #expect(penalty < 0.2)  // slopes of norm about 1
    let drawn = try generator.predict(random.normal([64, 4])).mean(axes: [0]).floats
    #expect(abs(drawn[0] - 2) < 0.7 && abs(drawn[1] + 1) < 0.7, "the mean is \(drawn)")
  }
}
