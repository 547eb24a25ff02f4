import Cajal
import Testing

@Suite struct ValidationTests {
  private func network(seed: Int) throws -> Model {
    let model = try Model(
      Sequential {
        Conv2D(16, kernelSize: 3, padding: .same)
        BatchNormalization()
        ReLU()
        Flatten()
        Dense(2, activation: .softmax)
      }, inputShape: [8, 8, 1], seed: seed)
    model.compile(optimizer: .adam(learningRate: 0.01), loss: .sparseCategoricalCrossentropy)
    return model
  }

  /// What a program keeps of the weights between runs is of their newest values in every epoch.
  @Test func validationIsOfTheEpochsOwnWeights() throws {
    let x = Tensor((0..<(24 * 64)).map { Float(($0 * 37) % 64) / 64 }, shape: [24, 8, 8, 1])
    let y = Tensor((0..<24).map { Int32($0 % 2) }, shape: [24])
    let model = try network(seed: 1)
    let history = try model.fit(x, y, epochs: 4, batchSize: 8, validationData: (x, y), verbose: .silent)
    let fresh = try network(seed: 2)
    for variable in model.variables { try fresh.setWeight(variable.name, model.weight(variable.name)) }
    let expected = try fresh.evaluate(x, y, batchSize: 8)["loss"] ?? .nan
    let given = try #require(history["val_loss"].last)
    #expect(abs(given - expected) < 1e-5, "\(given) and \(expected)")
  }
}
