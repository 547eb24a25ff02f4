import Cajal
import CajalModels
import Testing

/// The worked examples about convolutional networks: shapes and exact numbers.
@Suite struct ConvolutionExamples {
  private func outputShape(_ layer: some Layer<Tensor, Tensor>, _ input: Shape) throws -> Shape {
    try Model(layer, inputShape: input).outputTypes[0].shape
  }

  @Test func sizesOfResults() throws {
    // n - f + 1, and n + 2p - f + 1.
    #expect(try outputShape(Conv2D(1, kernelSize: 3), [8, 8, 1]) == [6, 6, 1])
    #expect(try outputShape(Conv2D(1, kernelSize: 3, padding: .explicit(1)), [8, 8, 1]) == [8, 8, 1])
    #expect(try outputShape(Conv2D(12, kernelSize: 3, padding: .same), [32, 32, 3]) == [32, 32, 12])
    #expect(try outputShape(MaxPooling2D(poolSize: 2), [32, 32, 12]) == [16, 16, 12])
  }

  @Test func convolutionByHand() throws {
    let edge: [Float] = [1, 0, -1, 1, 0, -1, 1, 0, -1]
    let model = try Model(Conv2D(1, kernelSize: 3, kernelInitializer: .values(edge)), inputShape: [6, 6, 1])
    let half = Tensor((0..<36).map { $0 % 6 < 3 ? 10 : 0 } as [Float], shape: [1, 6, 6, 1])
    #expect(try model.predict(half).floats == [0, 30, 30, 0, 0, 30, 30, 0, 0, 30, 30, 0, 0, 30, 30, 0])
  }

  @Test func maxPoolingByHand() throws {
    let x = Tensor([[0.1, 0, 1.0, 0.4], [0, 0.5, 0.4, 1.6], [0.3, 0.2, 1.7, 1.1], [0.2, 0.4, 1.1, 1.7]]).reshaped([
      1, 4, 4, 1,
    ])
    let model = try Model(MaxPooling2D(poolSize: 2, strides: 2), inputShape: [4, 4, 1])
    #expect(try model.predict(x).floats == [0.5, 1.6, 0.4, 1.7])
  }

  /// The shapes of LeNet-5 along the way: 28x28x6, 14x14x6, 10x10x16, 5x5x16, 120, 84, 10.
  @Test func leNet5() throws {
    let model = try Model(LeNet5(), inputShape: [28, 28, 1])
    #expect(model.parameterCount == 61_706)
    let step = CompiledStep { step in
      _ = model(step.inputs[0], training: false)
      return ["c1", "s2", "c3", "s4", "c5", "f6", "output"].map { step.activation(at: $0) }
    }
    let shapes = try step.run([.zeros([1, 28, 28, 1])]).map(\.shape)
    #expect(
      shapes == [
        [1, 28, 28, 6], [1, 14, 14, 6], [1, 10, 10, 16], [1, 5, 5, 16], [1, 1, 1, 120], [1, 84], [1, 10],
      ])
  }

  @Test func originalLeNet5() throws {
    let model = try Model(OriginalLeNet5(), inputShape: [32, 32, 1])
    func count(_ layer: String) -> Int {
      model.variables.filter { $0.name.hasPrefix(layer + "/") }.reduce(0) { $0 + $1.type.shape.count }
    }
    #expect(["c1", "s2", "c3", "s4", "c5", "f6"].map(count) == [156, 12, 1_516, 32, 48_120, 10_164])
  }

  /// Counted from shapes alone: `Architectures` states them, and the model's summary agrees.
  @Test func parameterCounts() {
    let counts = Dictionary(uniqueKeysWithValues: Architectures.all.map { ($0.name, $0.parameterCount) })
    #expect(counts["alexnet"] == 62_378_344)
    #expect(counts["alexnet-two-groups"] == 60_965_224)
    #expect(counts["vgg16"] == 138_357_544)
    #expect(counts["resnet50"] == 25_636_712)
    #expect(counts["mobilenet"] == 4_253_864)
  }

  /// 128x128x3, two convolutions with pools, two dense layers: the course's network in the high-level library.
  @Test func courseNetwork() throws {
    let model = try Model(
      Sequential {
        Conv2D(16, kernelSize: 2, activation: .relu)
        MaxPooling2D(poolSize: 2)
        Conv2D(32, kernelSize: 2, activation: .relu)
        MaxPooling2D(poolSize: 2)
        Flatten()
        Dense(100, activation: .relu)
        Dense(4, activation: .softmax)
      }, inputShape: [128, 128, 3])
    #expect(model.parameterCount == 3_077_992)
    var random = RandomSource(seed: 1)
    let sums = try model.predict(random.uniform([3, 128, 128, 3])).sum(axes: [1]).floats
    #expect(sums.allSatisfy { abs($0 - 1) < 1e-5 })
  }
}
