// Labels and ids outside their range are told of a sample of the data, not of a place in a shuffled batch.
import Cajal
import Testing

@Suite struct LabelTests {
  private static func model() throws -> Model {
    let model = try Model(Dense(3, activation: .softmax), inputShape: [2])
    model.compile(optimizer: .adam, loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    return model
  }

  @Test(arguments: [true, false]) func labelsOutsideAreToldBySample(trains: Bool) throws {
    let model = try Self.model()
    let labels = Tensor((0..<100).map { Int32($0 == 77 ? 9 : $0 % 3) }, shape: [100])
    let before = model.variables.map { $0.tensor.floats }
    let error = #expect(throws: CajalError.self) {
      if trains {
        try model.fit(.ones([100, 2]), labels, batchSize: 100, verbose: .silent)
      } else {
        try model.evaluate(.ones([100, 2]), labels)
      }
    }
    #expect(
      error?.description
        == "loss (softmax cross-entropy): expected indices in 0..<3, but target 0 is 9 in sample 77 of the data. "
        + "Check the labels or ids, or make the table larger.")
    #expect(model.variables.map { $0.tensor.floats } == before)
  }

  @Test func labelsOfPlacesAreToldByPlace() throws {
    let model = try Model(Dense(3, activation: .softmax), inputShape: [4, 2])
    model.compile(optimizer: .adam, loss: .sparseCategoricalCrossentropy)
    let labels = Tensor((0..<80).map { Int32($0 == 4 * 13 + 2 ? -1 : 1) }, shape: [20, 4])
    let error = #expect(throws: CajalError.self) {
      try model.fit(.ones([20, 4, 2]), labels, batchSize: 8, verbose: .silent)
    }
    #expect(error?.given == "target 0 is -1 in sample 13 of the data, at its place 2", "\(error!)")
  }

  @Test func wordsOutsideAreToldBySample() throws {
    let model = try Model(Embedding(inputDim: 5, outputDim: 2), inputShape: [3], dtype: .int32)
    var words = [Int32](repeating: 1, count: 60)
    words[3 * 17 + 1] = 5
    let error = #expect(throws: CajalError.self) { try model.predict(Tensor(words, shape: [20, 3]), batchSize: 8) }
    #expect(error?.given == "input 0 is 5 in sample 17 of the data, at its place 1", "\(error!)")
  }
}
