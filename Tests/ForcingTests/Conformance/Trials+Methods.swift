// Whole methods in the conformance test: loops, penalties, several models and optimizers, second derivatives.
import Cajal
import CajalCompiler

private func noise(_ shape: Shape, seed: Int) -> Tensor {
  var random = RandomSource(seed: seed)
  return random.normal(shape)
}

extension Trials {
  static let methods: [Trial] = [
    Trial(
      "U-Net", loss: .sparseCategoricalCrossentropy,
      data: {
        let labels = (0..<(4 * 256)).map { Int32($0 * 13 % 7 < 3 ? 1 : 0) }
        return ([noise([4, 16, 16, 1], seed: 1)], Tensor(labels, shape: [4, 16, 16]))
      }
    ) { try Model(ConvolutionalTests.UNet(), inputShape: [16, 16, 1], seed: 1) },
    Trial(
      "bidirectional LSTM", loss: .meanSquaredError,
      data: {
        let marks = (0..<48).map { Float($0 % 6 < 3 + $0 / 6 % 4 ? 1 : 0) }
        return ([noise([8, 6, 3], seed: 1), Tensor(marks, shape: [8, 6])], noise([8, 1], seed: 2))
      }
    ) {
      try Model(inputs: [TensorType([6, 3], .float32), TensorType([6], .float32)], seed: 4) { inputs in
        let ahead = MaskedLSTM(units: 8)([inputs[0], inputs[1]])
        let back = MaskedLSTM(units: 8, reverse: true)([inputs[0], inputs[1]])
        return [Dense(1)(Concatenate()(ahead[1], back[1]))]
      }
    },
    Trial(
      "cell of one's own", loss: .meanSquaredError, data: { ([noise([8, 6, 2], seed: 1)], noise([8, 1], seed: 2)) }
    ) {
      try Model(
        Sequential {
          Unrolled(cell: MinimalGatedCell(units: 8), units: 8)
          Dense(1)
        }, inputShape: [6, 2], seed: 5)
    },
    Trial(
      "contractive autoencoder", loss: .meanSquaredError,
      data: { ([noise([16, 8], seed: 1)], noise([16, 8], seed: 1)) }
    ) { try Model(ContractiveAutoencoder(units: 4, weight: 0.1), inputShape: [8], seed: 1) },
    Trial(
      "variational autoencoder", loss: .meanSquaredError,
      data: { ([noise([16, 8], seed: 1)], noise([16, 8], seed: 1)) }
    ) { try Model(VariationalAutoencoder(latent: 2), inputShape: [8], seed: 1) },
    Trial(
      "half precision", loss: .meanSquaredError, data: { ([noise([16, 8], seed: 1)], noise([16, 3], seed: 2)) }
    ) { try Model(Sequential { HalfDense(units: 3) }, inputShape: [8], seed: 1) },
    Trial(
      "frozen layers", loss: .meanSquaredError, data: { ([noise([8, 12, 12, 1], seed: 1)], noise([8, 2], seed: 2)) }
    ) {
      let model = try Model(
        Sequential {
          Conv2D(8, kernelSize: 3, activation: .relu, name: "base")
          BatchNormalization(name: "normalization")
          MaxPooling2D()
          Flatten()
          Dense(2)
        }, inputShape: [12, 12, 1], seed: 1)
      try model.setTrainable(false, "base", "normalization")
      return model
    },
    Trial(steps: "DCGAN") { settings in
      let (generator, judge) = (try DCGAN.generator(), try DCGAN.discriminator())
      let optimizer = Adam(learningRate: 2e-3, beta1: 0.5, epsilon: 1e-2)
      let (drawing, judging) = (Trainer(optimizer, for: generator), Trainer(optimizer, for: judge))
      let first = CompiledStep(seed: 3, settings) { step in
        let fake = judge(generator(step.normal([16, 8])))
        let loss = fake.softplus().mean() + (-judge(step.inputs[0])).softplus().mean()
        step.minimize(loss, by: judging)
        return [loss]
      }
      let second = CompiledStep(seed: 4, settings) { step in
        let loss = (-judge(generator(step.normal([16, 8])))).softplus().mean()
        step.minimize(loss, by: drawing)
        return [loss]
      }
      let real = noise([16, 16, 16, 1], seed: 6)
      return (generator.variables + judge.variables, { try first.run([real]) + second.run() })
    },
    Trial(steps: "WGAN with gradient penalty") { settings in
      let critic = try Model(
        Sequential {
          Dense(16, activation: .tanh)
          Dense(16, activation: .tanh)
          Dense(1)
        }, inputShape: [2], seed: 2)
      let trainer = Trainer(.sgd(learningRate: 0.05), for: critic)
      let step = CompiledStep(settings) { step in
        let (real, fake) = (step.inputs[0], step.normal([64, 2]))
        let between = fake + step.uniform([64, 1]) * (real - fake)
        let slope = gradient(of: critic(between).sum(), with: [between])[0]
        let penalty = (slope.squared().sum(axes: [1]).sqrt() - 1).squared().mean()
        step.minimize(critic(fake).mean() - critic(real).mean() + 10 * penalty, by: trainer)
        return [penalty]
      }
      let real = noise([64, 2], seed: 5)
      return (critic.variables, { try step.run([real]) })
    },
    Trial(steps: "two updates in one step") { settings in
      func network(_ inputs: Int, seed: Int) throws -> Model {
        try Model(
          Sequential {
            Dense(16, activation: .tanh)
            Dense(1, activation: .tanh)
          }, inputShape: [inputs], seed: seed)
      }
      let (policy, value, slow) = (try network(1, seed: 1), try network(2, seed: 2), try network(2, seed: 2))
      let (policyTrainer, valueTrainer) = (Trainer(.sgd(), for: policy), Trainer(.sgd(), for: value))
      let step = CompiledStep(settings) { step in
        let state = step.inputs[0]
        func q(_ network: Model) -> Tensor { network(Tensor.concatenate([state, policy(state)], axis: 1)) }
        let error = (q(value) - 0.5 * q(slow).stoppingGradient() - state).squared().mean()
        step.minimize(error, by: valueTrainer)
        step.minimize(-q(value).mean(), by: policyTrainer)
        for (old, new) in zip(slow.variables, value.variables) { step[old] = 0.95 * step[old] + 0.05 * step[new] }
        return [error]
      }
      let states = noise([32, 1], seed: 4)
      return (policy.variables + value.variables + slow.variables, { try step.run([states]) })
    },
    Trial(steps: "gathered rows") { settings in
      let words = try Model(Embedding(inputDim: 9, outputDim: 6), inputShape: [4], dtype: .int32, seed: 1)
      let judge = try Model(Dense(3), inputShape: [6], seed: 4)
      let trainer = Trainer(.sgd(learningRate: 0.1, momentum: 0.9), for: words, judge)
      let step = CompiledStep(settings) { step in
        let rows = words(step.inputs[0]).mean(axes: [1])
        let loss = judge(rows.gathered(step.inputs[1])).softmaxCrossEntropy(step.inputs[2]).mean()
        step.minimize(loss, by: trainer)
        return [loss]
      }
      let ids = Tensor((0..<32).map { Int32($0 * 5 % 9) }, shape: [8, 4])
      let picked = Tensor((0..<8).map { Int32($0 * 3 % 8) }, shape: [8])
      let kinds = Tensor((0..<8).map { Int32($0 % 3) }, shape: [8])
      return (words.variables + judge.variables, { try step.run([ids, picked, kinds]) })
    },
  ]
}
