import Cajal
import Testing

@Suite struct PerceptronTests {
  @Test func mlp() throws {
    let (x, y) = Samples.blobs(96)
    let model = try Model(
      Sequential {
        Dense(16, activation: .relu)
        Dense(3, activation: .softmax)
      }, inputShape: [2], seed: 1)
    model.compile(optimizer: .adam(learningRate: 0.02), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    try model.fit(x, y, epochs: 20, batchSize: 16, verbose: .silent)
    #expect(try model.evaluate(x, y)["accuracy"] ?? 0 > 0.95)
  }
}
