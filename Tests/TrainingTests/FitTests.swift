import Cajal
import Testing

@Suite struct FitTests {
  @Test func learnsXOR() throws {
    let x = Tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
    let y = Tensor([[0], [1], [1], [0]])
    let model = try Model(
      Sequential {
        Dense(8, activation: .tanh)
        Dense(1, activation: .sigmoid)
      }, inputShape: [2], seed: 3)
    model.compile(optimizer: .adam(learningRate: 0.05), loss: .binaryCrossentropy, metrics: [.binaryAccuracy])
    let history = try model.fit(x, y, epochs: 300, batchSize: 4, verbose: .silent)
    #expect(history["loss"].last ?? 1 < 0.05)
    #expect(history["binary_accuracy"].last == 1)
    let p = try model.predict(x).floats
    #expect(p[0] < 0.2 && p[1] > 0.8 && p[2] > 0.8 && p[3] < 0.2)
  }

  @Test func learnsStripesWithConvolutions() throws {
    // Class 0: horizontal stripes, class 1: vertical ones.
    var pixels: [Float] = []
    var labels: [Int32] = []
    for sample in 0..<64 {
      let isVertical = sample % 2 == 1
      for row in 0..<16 {
        for column in 0..<16 { pixels.append(((isVertical ? column : row) + sample / 8) % 2 == 0 ? 1 : 0) }
      }
      labels.append(isVertical ? 1 : 0)
    }
    let x = Tensor(pixels, shape: [64, 16, 16, 1])
    let y = Tensor(labels, shape: [64])
    let model = try Model(
      Sequential {
        Conv2D(16, kernelSize: 3, activation: .relu)
        MaxPooling2D(poolSize: 2)
        Conv2D(32, kernelSize: 3, padding: .same)
        BatchNormalization()
        ReLU()
        Flatten()
        Dropout(0.2)
        Dense(2, activation: .softmax)
      }, inputShape: [16, 16, 1], seed: 1)
    model.compile(optimizer: .adam(), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    let history = try model.fit(x, y, epochs: 20, batchSize: 24, verbose: .silent)
    #expect(history["accuracy"].last == 1)
    #expect(try model.evaluate(x, y)["accuracy"] ?? 0 > 0.95)
  }
}

@Suite struct PredictTests {
  /// Prediction keeps rearranged weights between calls; they must follow every change of a parameter.
  @Test func predictionFollowsTheWeights() throws {
    let model = try Model(
      Sequential {
        Conv2D(16, kernelSize: 3, padding: .same)
        BatchNormalization()
        Activation(.relu6)
        Conv2D(32, kernelSize: 1)
        GlobalAveragePooling2D()
        Dense(3, activation: .softmax)
      }, inputShape: [12, 12, 16], seed: 2)
    model.compile(optimizer: .sgd(learningRate: 0.1), loss: .sparseCategoricalCrossentropy)
    var random = RandomSource(seed: 1)
    let x = random.normal([8, 12, 12, 16])
    let y = Tensor((0..<8).map { Int32($0 % 3) }, shape: [8])
    for _ in 0..<3 {
      let together = try model.predict(x, batchSize: 8).floats
      var apart: [Float] = []
      for row in 0..<8 { apart += try model.predict(x[row..<(row + 1)]).floats }
      for (a, b) in zip(together, apart) { #expect(abs(a - b) < 1e-5) }
      let before = try model.evaluate(x, y)["loss"] ?? .nan
      var loss = 0.0
      for row in 0..<8 { loss -= Double(together[row * 3 + row % 3]).logarithm / 8 }
      #expect(abs(before - loss) < 1e-5)
      try model.trainOnBatch(x, y)
    }
  }
}

extension Double {
  fileprivate var logarithm: Double { Tensor([self], shape: []).log().item }
}

@Suite struct ClassWeightTests {
  /// A class that counts twice gives the loss of a set where its samples stand twice.
  @Test func countAsRepeatedSamples() throws {
    let x = Tensor([[1, 0], [0, 1], [1, 1]])
    let y = Tensor([Int32(0), 1, 2], shape: [3])
    func loss(_ x: Tensor, _ y: Tensor, _ weights: [Int: Float]) throws -> Double {
      let model = try Model(Dense(10, activation: .softmax), inputShape: [2], seed: 4)
      model.compile(optimizer: .sgd(learningRate: 0), loss: .sparseCategoricalCrossentropy)
      return try model.fit(x, y, batchSize: 8, classWeights: weights, verbose: .silent)["loss"][0] * Double(y.count)
    }
    let repeated = Tensor.concatenate([x, x[1..<2]])
    let labels = Tensor([Int32(0), 1, 2, 1], shape: [4])
    #expect(abs(try loss(x, y, [1: 2]) - loss(repeated, labels, [:])) < 1e-5)
    #expect(throws: CajalError.self) { try loss(x, y, [10: 2]) }
  }
}
