import Cajal
import CajalModels
import Testing

@Suite struct ConvolutionalTests {
  @Test func leNet5WithPartialConnections() throws {
    let (x, y) = Samples.stripes(32, size: 32)
    let model = try Model(OriginalLeNet5(), inputShape: [32, 32, 1], seed: 2)
    #expect(model.trainableParameterCount == 60_000)
    model.compile(optimizer: .adam(learningRate: 0.002), loss: .sparseCategoricalCrossentropy)
    let history = try model.fit(x, y, epochs: 4, batchSize: 16, verbose: .silent)
    #expect(history["loss"][3] < 0.5 * history["loss"][0])
  }

  @Test func partialConnectionsAreAConvolutionWithZeros() throws {
    let table = [[0, 1], [1, 2], [0]]
    let layer = PartiallyConnectedConv2D(table, kernelSize: 3)
    let model = try Model(layer, inputShape: [5, 5, 3], seed: 1)
    let whole = try Model(Conv2D(3, kernelSize: 3), inputShape: [5, 5, 3])
    let part = try model.weight("kernel").floats
    var full = [Float](repeating: 0, count: 9 * 3 * 3)
    for place in 0..<9 {
      var connection = 0
      for (map, channels) in table.enumerated() {
        for channel in channels {
          full[(place * 3 + channel) * 3 + map] = part[place * 5 + connection]
          connection += 1
        }
      }
    }
    try whole.setWeight("kernel", Tensor(full, shape: [3, 3, 3, 3]))
    var random = RandomSource(seed: 1)
    let x = random.normal([2, 5, 5, 3])
    #expect((try model.predict(x) - whole.predict(x)).absolute().max().item < 1e-5)
  }

  @Test func resNet50() throws {
    let (x, y) = Samples.stripes(4, size: 32, channels: 3)
    let model = try Model(ResNet50(classes: 2), inputShape: [32, 32, 3], seed: 1)
    model.compile(optimizer: .sgd(learningRate: 0.001), loss: .sparseCategoricalCrossentropy)
    let step = try model.trainingStep(x, y)
    try step.run()
    let first = try #require(step.logs["loss"])
    try step.run(times: 3)
    step.resetLogs()
    try step.run()
    #expect(try #require(step.logs["loss"]) < first)
  }

  /// Down, across and up again, with what was seen on the way down.
  struct UNet: Layer {
    var name = LayerName()
    var widths = [8, 16]

    private func block(_ x: Tensor, _ width: Int) -> Tensor {
      let y = Conv2D(width, kernelSize: 3, padding: .same, activation: .relu)(x)
      return Conv2D(width, kernelSize: 3, padding: .same, activation: .relu)(y)
    }

    func forward(_ input: Tensor) throws -> Tensor {
      var x = input
      var skips: [Tensor] = []
      for width in widths {
        skips.append(block(x, width))
        x = MaxPooling2D()(skips[skips.count - 1])
      }
      x = block(x, 32)
      for (width, skip) in zip(widths, skips).reversed() {
        let up = Conv2DTranspose(width, kernelSize: 2, strides: 2)(x)
        x = block(Concatenate()(skip, up), width)
      }
      return Conv2D(2, kernelSize: 1, activation: .softmax)(x)
    }
  }

  @Test func uNet() throws {
    // Each pixel: is it inside the bright square?
    var pixels: [Float] = []
    var inside: [Int32] = []
    for sample in 0..<16 {
      for row in 0..<16 {
        for column in 0..<16 {
          let (top, left) = (sample % 4 * 2, sample / 4 * 3)
          let isInside = (top..<(top + 6)).contains(row) && (left..<(left + 5)).contains(column)
          inside.append(isInside ? 1 : 0)
          pixels.append((isInside ? 1 : 0) + Float((row * 31 + column * 17 + sample * 7) % 11) * 0.03)
        }
      }
    }
    let (x, y) = (Tensor(pixels, shape: [16, 16, 16, 1]), Tensor(inside, shape: [16, 16, 16]))
    let model = try Model(UNet(), inputShape: [16, 16, 1], seed: 1)
    #expect(model.outputTypes[0].shape == [16, 16, 2])
    model.compile(optimizer: .adam(learningRate: 0.005), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    try model.fit(x, y, epochs: 25, batchSize: 8, verbose: .silent)
    #expect(try model.evaluate(x, y)["accuracy"] ?? 0 > 0.95)
  }

  /// Sixteen channels lie the same in blocks and channel-last: what copies them must not mind how that is called.
  @Test func joinedBlocksOfSixteenChannels() throws {
    let model = try Model(inputs: [TensorType([4, 4, 8], .float32)], seed: 1) { inputs in
      func convolution(_ x: Tensor) -> Tensor { Conv2D(16, kernelSize: 3, padding: .same, activation: .relu)(x) }
      let a = convolution(inputs[0])
      return [convolution(Concatenate()(a, convolution(a)))]
    }
    var random = RandomSource(seed: 1)
    let x = random.normal([4, 4, 4, 8])
    let step = CompiledStep { step in
      let y = model(step.inputs)[0]
      return [y, gradient(of: y.squared().sum(), with: step.inputs)[0]]
    }
    let (first, second) = (try step.run([x]), try step.run([x]))
    #expect((try model.predict([x])[0] - first[0]).absolute().max().item < 1e-5)
    #expect(first.map(\.floats) == second.map(\.floats))
  }
}
