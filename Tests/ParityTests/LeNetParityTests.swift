import Cajal
import Foundation
import Testing

/// Training as Keras trains: Tests/Golden/parity/make.py has the same formulas, and wrote the losses.
@Suite struct LeNetParityTests {
  private static let (batch, batches) = (32, 8)

  /// Numbers in -1 ..< 1: a multiplicative hash of the index and the stream.
  private static func noise(_ count: Int, _ stream: UInt64) -> [Float] {
    (0..<count).map { index in
      var z = UInt64(index) &* 0x9e37_79b9_7f4a_7c15 &+ stream &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      z ^= z >> 31
      return Float(Double(z >> 40) / Double(1 << 23) - 1)
    }
  }

  private static func weights(_ shape: Shape, _ stream: UInt64) -> Tensor {
    guard shape.rank > 1 else { return .zeros(shape) }
    let window = shape.dimensions.dropLast(2).reduce(1, *)
    let limit = Float((6 / Double(window * shape[-2] + window * shape[-1])).squareRoot())
    return Tensor(noise(shape.count, stream).map { $0 * limit }, shape: shape)
  }

  private static func data() -> (x: Tensor, y: Tensor) {
    let labels = (0..<(batch * batches)).map { ($0 * 7 + $0 / 10) % 10 }
    let digits = noise(10 * 784, 1000)
    let speckle = noise(labels.count * 784, 1001)
    let pixels = speckle.indices.map { digits[labels[$0 / 784] * 784 + $0 % 784] * 0.25 + speckle[$0] * 0.5 }
    return (Tensor(pixels, shape: [labels.count, 28, 28, 1]), Tensor(labels.map(Int32.init), shape: [labels.count]))
  }

  private static func golden(_ name: String) throws -> [Double] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: folder.appending(path: "Golden/parity/\(name).txt"), encoding: .utf8)
    return text.split(separator: "\n").compactMap { Double($0) }
  }

  private static let optimizers: [(String, any Optimizer)] = [
    ("sgd", SGD(learningRate: 0.05, momentum: 0.9)), ("adam", Adam(learningRate: 0.001)),
  ]

  @Test(arguments: ["sgd", "adam"]) func followsKeras(_ name: String) throws {
    let optimizer = try #require(Self.optimizers.first { $0.0 == name }).1
    let model = try Model(
      Sequential {
        Conv2D(6, kernelSize: 5, padding: .same, activation: .tanh)
        AveragePooling2D(poolSize: 2)
        Conv2D(16, kernelSize: 5, activation: .tanh)
        AveragePooling2D(poolSize: 2)
        Conv2D(120, kernelSize: 5, activation: .tanh)
        Flatten()
        Dense(84, activation: .tanh)
        Dense(10, activation: .softmax)
      }, inputShape: [28, 28, 1])
    for (index, variable) in model.variables.enumerated() {
      try model.setWeight(variable.name, Self.weights(variable.type.shape, UInt64(index + 1)))
    }
    model.compile(optimizer: optimizer, loss: .sparseCategoricalCrossentropy)
    let (x, y) = Self.data()
    let expected = try Self.golden(name)
    try #require(expected.count == 50)
    for (step, loss) in expected.enumerated() {
      let rows = (step % Self.batches * Self.batch)..<((step % Self.batches + 1) * Self.batch)
      let own = try #require(try model.trainOnBatch(x[rows], y[rows])["loss"])
      #expect(abs(own - loss) <= 1e-4 * loss, "step \(step): \(own), Keras \(loss)")
    }
  }
}
