import Cajal
import Testing

/// A dense layer that multiplies in bfloat16 and keeps its parameters in float32.
struct HalfDense: Layer {
  var units: Int
  var name = LayerName()

  func forward(_ x: Tensor) throws -> Tensor {
    let kernel = x.scope.parameter("kernel", [x.shape.last, units], .glorotUniform)
    let bias = x.scope.parameter("bias", [units], .zeros)
    return x.cast(to: .bfloat16).matmul(kernel.cast(to: .bfloat16)).cast(to: .float32) + bias
  }
}

@Suite struct PrecisionTests {
  @Test func mixedPrecisionByCasts() throws {
    let (x, y) = Samples.blobs(96)
    let model = try Model(
      Sequential {
        HalfDense(units: 16)
        ReLU()
        HalfDense(units: 3)
        Softmax()
      }, inputShape: [2], seed: 1)
    model.compile(optimizer: .adam(learningRate: 0.02), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    try model.fit(x, y, epochs: 20, batchSize: 16, verbose: .silent)
    #expect(try model.evaluate(x, y)["accuracy"] ?? 0 > 0.95)
    #expect(try model.weight("half_dense/kernel").dtype == .float32)
  }
}
