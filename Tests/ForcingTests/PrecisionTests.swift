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

  /// 16-bit operands are widened, and results rounded once.
  @Test(arguments: [DType.bfloat16, .float16]) func operationsInHalfPrecision(_ dtype: DType) {
    var random = RandomSource(seed: 1)
    let x = random.normal([2, 6, 6, 16]).cast(to: dtype)
    let wide = x.cast(to: .float32)
    let kernel = random.normal([3, 3, 16, 4], deviation: 0.1).cast(to: dtype)
    let window = Window(strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 0], dilations: [1, 1])
    let pool = Window(strides: [2, 2], paddingLow: [0, 0], paddingHigh: [0, 0], dilations: [1, 1])
    let pairs: [(String, Tensor, Tensor)] = [
      ("convolution", x.convolved(kernel, window: window), wide.convolved(kernel.cast(to: .float32), window: window)),
      ("softmax", x.softmax(), wide.softmax()),
      ("maximum pool", x.maxPooled(size: [2, 2], window: pool), wide.maxPooled(size: [2, 2], window: pool)),
      ("average pool", x.averagePooled(size: [2, 2], window: pool), wide.averagePooled(size: [2, 2], window: pool)),
      ("sum", x.sum(axes: [1, 2]), wide.sum(axes: [1, 2])),
      ("running sum", x.cumulativeSum(axis: 1), wide.cumulativeSum(axis: 1)),
      ("sorted", x.sorted().values, wide.sorted().values),
      ("concatenate", Tensor.concatenate([x, x], axis: 3), Tensor.concatenate([wide, wide], axis: 3)),
      ("logarithm of the sum", x.logSumExp(axes: [3]), wide.logSumExp(axes: [3])),
      ("select", (x .> 0).select(x, x.filled(0)), (wide .> 0).select(wide, wide.filled(0))),
      (
        "gradient", gradient(of: x.softmax().squared().sum(), with: [x])[0],
        gradient(of: wide.softmax().squared().sum(), with: [wide])[0]
      ),
    ]
    for (name, half, whole) in pairs {
      #expect(half.dtype == dtype, "\(name)")
      let difference = (half.cast(to: .float32) - whole).absolute().max().item
      #expect(difference <= 0.02 * whole.absolute().max().item, "\(name): \(difference)")
    }
  }
}
