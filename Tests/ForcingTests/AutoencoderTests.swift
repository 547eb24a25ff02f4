import Cajal
import Testing

/// Penalizes how far the code moves with the input: ‖∂h/∂x‖² by differentiating each unit of the code.
struct ContractiveAutoencoder: Layer {
  var units: Int
  var weight: Double
  var name = LayerName()

  func forward(_ x: Tensor) throws -> Tensor {
    let code = Dense(units, activation: .sigmoid, name: "encoder")(x)
    let jacobian = (0..<units).map { gradient(of: code.slice(axis: 1, $0..<($0 + 1)).sum(), with: [x])[0] }
    let penalty = jacobian.map { $0.squared().sum() }.reduce(Tensor(0)) { $0 + $1 } / Double(x.shape[0])
    if x.scope.isTraining { x.scope.addLoss(penalty * weight) }
    return Dense(x.shape.last, name: "decoder")(code)
  }
}

/// Codes are drawn from a normal distribution whose mean and spread the encoder gives.
struct VariationalAutoencoder: Layer {
  var latent: Int
  var name = LayerName()

  func forward(_ x: Tensor) throws -> Tensor {
    let hidden = Dense(16, activation: .tanh)(x)
    let mean = Dense(latent, name: "mean")(hidden)
    let logVariance = Dense(latent, name: "log_variance")(hidden)
    let noise = x.scope.normal(mean.shape)
    let code = mean + (logVariance * 0.5).exp() * noise
    let divergence = -0.5 * (1 + logVariance - mean.squared() - logVariance.exp()).sum(axes: [1])
    x.scope.addLoss(divergence.mean() * 0.01)
    return Dense(x.shape.last, name: "output")(Dense(16, activation: .tanh)(code))
  }
}

@Suite struct AutoencoderTests {
  /// Points on a line in eight dimensions, with a little noise.
  private func line(_ count: Int) -> Tensor {
    var random = RandomSource(seed: 2)
    let direction = Tensor([[1, -1, 0.5, 0, 2, -0.5, 1, 0.2]])
    return random.normal([count, 1]).matmul(direction) + random.normal([count, 8], deviation: 0.05)
  }

  @Test func contractive() throws {
    let x = line(64)
    func trained(weight: Double) throws -> (loss: Double, slope: Double) {
      let model = try Model(ContractiveAutoencoder(units: 4, weight: weight), inputShape: [8], seed: 1)
      model.compile(optimizer: .adam(learningRate: 0.02), loss: .meanSquaredError)
      let history = try model.fit(x, x, epochs: 30, batchSize: 32, verbose: .silent)
      let kernel = try model.weight("encoder/kernel")
      let code = (x.matmul(kernel) + (try model.weight("encoder/bias"))).sigmoid()
      // For a sigmoid layer ‖∂h/∂x‖² = Σⱼ (hⱼ(1 - hⱼ))² Σᵢ wᵢⱼ².
      let slope = ((code * (1 - code)).squared().matmul(kernel.squared().sum(axes: [0]).reshaped([4, 1]))).mean().item
      return (try #require(history["loss"].last), slope)
    }
    let free = try trained(weight: 0)
    let contracted = try trained(weight: 0.5)
    #expect(free.loss < 0.3)
    #expect(contracted.slope < 0.5 * free.slope)
  }

  @Test func contractivePenaltyIsTheClosedForm() throws {
    let layer = Dense(4, activation: .sigmoid)
    let model = try Model(layer, inputShape: [8], seed: 3)
    let x = line(5)
    let step = CompiledStep { step in
      let code = model(step.inputs[0])
      let rows = (0..<4).map { gradient(of: code.slice(axis: 1, $0..<($0 + 1)).sum(), with: [step.inputs[0]])[0] }
      return [rows.map { $0.squared().sum(axes: [1]) }.reduce(Tensor(0)) { $0 + $1 }, code]
    }
    let results = try step.run([x])
    let code = results[1]
    let expected = (code * (1 - code)).squared().matmul(
      try model.weight("kernel").squared().sum(axes: [0]).reshaped([4, 1]))
    #expect((results[0] - expected.reshaped([5])).absolute().max().item < 1e-5)
  }

  @Test func variational() throws {
    let x = line(128)
    let model = try Model(VariationalAutoencoder(latent: 2), inputShape: [8], seed: 1)
    model.compile(optimizer: .adam(learningRate: 0.01), loss: .meanSquaredError)
    let history = try model.fit(x, x, epochs: 40, batchSize: 32, verbose: .silent)
    #expect(try #require(history["loss"].last) < 0.5 * history["loss"][0])
  }
}
