import Cajal
import Testing

@Suite struct TransferTests {
  @Test func fineTuningWithFrozenLayers() throws {
    @Sendable func base() -> Sequential {
      Sequential(name: "base") {
        Conv2D(8, kernelSize: 3, activation: .relu)
        BatchNormalization()
        MaxPooling2D()
        Flatten()
      }
    }
    let (x, y) = Samples.stripes(32, size: 12)
    let old = try Model(
      Sequential {
        base()
        Dense(4, activation: .softmax)
      }, inputShape: [12, 12, 1], seed: 1)
    old.compile(optimizer: .adam, loss: .sparseCategoricalCrossentropy)
    try old.fit(x, y, epochs: 3, batchSize: 16, verbose: .silent)

    let model = try Model(
      Sequential {
        base()
        Dense(2, activation: .softmax, name: "head")
      }, inputShape: [12, 12, 1], seed: 2)
    for variable in model.variables where variable.name.hasPrefix("base/") {
      try model.setWeight(variable.name, old.weight(variable.name))
    }
    try model.setTrainable(false, "base")
    #expect(model.trainableParameterCount == 5 * 5 * 8 * 2 + 2)
    let frozen = model.variables.filter { $0.name.hasPrefix("base/") }.map { $0.tensor.floats }
    model.compile(optimizer: .adam(learningRate: 0.01), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    try model.fit(x, y, epochs: 8, batchSize: 16, verbose: .silent)
    #expect(try model.evaluate(x, y)["accuracy"] == 1)
    #expect(model.variables.filter { $0.name.hasPrefix("base/") }.map { $0.tensor.floats } == frozen)

    // Then everything, gently.
    try model.setTrainable(true, "base")
    model.compile(optimizer: .sgd(learningRate: 1e-3), loss: .sparseCategoricalCrossentropy)
    try model.fit(x, y, epochs: 1, batchSize: 16, verbose: .silent)
    #expect(model.variables.filter { $0.name.hasPrefix("base/") }.map { $0.tensor.floats } != frozen)
  }

  @Test func stepsFollowWhatIsFrozen() throws {
    let model = try Model(
      Sequential {
        Dense(3, name: "a")
        Dense(1, name: "b")
      }, inputShape: [2], seed: 1)
    let trainer = Trainer(.sgd(learningRate: 0.1), for: model)
    let step = CompiledStep { step in
      step.minimize(model(step.inputs[0]).squared().mean(), by: trainer)
      return []
    }
    let x = Tensor([[1, 2], [3, 4]])
    try step.run([x])
    try model.setTrainable(false, "a")
    let (a, b) = (try model.weight("a/kernel").floats, try model.weight("b/kernel").floats)
    try step.run([x])
    #expect(try model.weight("a/kernel").floats == a)
    #expect(try model.weight("b/kernel").floats != b)
    #expect(step.compilations == 2)
  }
}
