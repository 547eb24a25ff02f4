import Cajal

/// Networks and samples that the tests of saving share.
enum Networks {
  /// Dropout, normalization and kept state: whatever a saved model must hold.
  static func rich(seed: Int = 11, optimizer: any Optimizer = Adam(learningRate: 0.01)) throws -> Model {
    let model = try Model(
      Sequential {
        Conv2D(16, kernelSize: 3, padding: .same, activation: .relu)
        BatchNormalization()
        MaxPooling2D()
        Flatten()
        Dropout(0.3)
        Dense(3, activation: .softmax)
      }, inputShape: [6, 6, 1], seed: seed)
    model.compile(optimizer: optimizer, loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    return model
  }

  static func samples(_ count: Int = 80) -> (x: Tensor, y: Tensor) {
    var draws = Draws(3)
    let values = (0..<(count * 36)).map { _ in Float.random(in: 0..<1, using: &draws) }
    let labels = (0..<count).map { Int32(values[$0 * 36] * 3) }
    return (Tensor(values, shape: [count, 6, 6, 1]), Tensor(labels, shape: [count]))
  }
}

extension Model {
  /// The bits of all weights.
  var bits: [String: [UInt8]] {
    Dictionary(uniqueKeysWithValues: variables.map { ($0.name, $0.value.withBytes { Array($0) }) })
  }
}
