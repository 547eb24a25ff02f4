import Foundation
import Testing

@testable import Cajal

/// Layers that Keras does not have, held against what they become in simple cases.
@Suite struct ConvolutionVariantTests {
  private let image = Tensor((0..<60).map { Float(sin(Double($0 * 3))) }, shape: [1, 5, 6, 2])

  @Test func circularPaddingSeesTheOtherEnd() throws {
    let ring = try Model(
      Conv1D(1, kernelSize: 3, padding: .circular, useBias: false, kernelInitializer: .ones), inputShape: [4, 1])
    #expect(try ring.predict(Tensor([1, 2, 3, 4] as [Float], shape: [1, 4, 1])).floats == [7, 6, 9, 8])
    // Turning the input turns the output.
    let model = try Model(Conv2D(3, kernelSize: [3, 2], padding: .circular, activation: .tanh), inputShape: [5, 6, 2])
    func turned(_ x: Tensor) -> Tensor {
      Tensor.concatenate([x.slice(axis: 2, 2..<6), x.slice(axis: 2, 0..<2)], axis: 2)
    }
    let (a, b) = (try model.predict(turned(image)), turned(try model.predict(image)))
    #expect(agree(a.floats, b.floats.map(Double.init), tolerance: 1e-6))
    for layer in [
      DepthwiseConv2D(kernelSize: 3, padding: .circular), SeparableConv2D(2, kernelSize: 3, padding: .circular),
    ] as [any Layer<Tensor, Tensor>] {
      #expect(try outline(Sequential([layer]), [5, 6, 2]).outputTypes[0].shape == [5, 6, 2])
    }
    #expect(throws: CajalError.self) { try outline(MaxPooling2D(padding: .circular), [5, 6, 2]) }
  }

  @Test func deformableConvolutionBeginsAsAnOrdinaryOne() throws {
    for padding in [Padding.valid, .same] {
      let ordinary = try Model(Conv2D(3, kernelSize: 3, strides: [1, 2], padding: padding), inputShape: [5, 6, 2])
      let bent = try Model(
        DeformableConv2D(3, kernelSize: 3, strides: [1, 2], padding: padding), inputShape: [5, 6, 2])
      try bent.setWeight("kernel", ordinary.weight("kernel"))
      let (a, b) = (try bent.predict(image), try ordinary.predict(image))
      #expect(a.shape == b.shape)
      #expect(agree(a.floats, b.floats.map(Double.init), tolerance: 1e-5))
      // An offset of one row at all places is an image moved by one row, zeros at its end.
      let places = [Float](repeating: 0, count: 18).enumerated().map { Float($0.offset % 2 == 0 ? 1 : 0) }
      try bent.setWeight("offset_bias", Tensor(places))
      let moved = Tensor.concatenate([image.slice(axis: 1, 1..<5), Tensor.zeros([1, 1, 6, 2])], axis: 1)
      let rows = padding == .same ? 1..<4 : 0..<3
      let (c, d) = (try bent.predict(image), try ordinary.predict(moved))
      #expect(
        agree(
          c.slice(axis: 1, rows).floats, d.slice(axis: 1, rows).floats.map(Double.init), tolerance: 1e-5))
    }
  }

  @Test func deformableConvolutionTrains() throws {
    let model = try Model(
      Sequential {
        DeformableConv2D(2, kernelSize: 3, padding: .same)
        Flatten()
        Dense(1)
      }, inputShape: [5, 6, 2])
    model.compile(optimizer: .adam(learningRate: 0.01), loss: .meanSquaredError)
    let history = try model.fit(image, Tensor([[1]]), epochs: 5, verbose: .silent)
    #expect(try #require(history["loss"].last) < history["loss"][0])
    #expect(try model.weight("deformable_conv2d/offset_kernel").absolute().max().item > 0)
  }

  @Test func dynamicConvolutionMixesKernels() throws {
    let mixed = try Model(DynamicConv2D(3, kernelSize: 3, kernels: 2), inputShape: [5, 6, 2])
    // Weights that are far apart choose the second kernel.
    try mixed.setWeight("attention_bias", Tensor([-3000, 3000]))
    let chosen = try Model(Conv2D(3, kernelSize: 3), inputShape: [5, 6, 2])
    try chosen.setWeight("kernel", mixed.weight("kernel").slice(axis: 3, 3..<6))
    #expect(
      agree(try mixed.predict(image).floats, try chosen.predict(image).floats.map(Double.init), tolerance: 1e-5))
  }

  @Test func contrastOfEvenRegionsIsNothing() throws {
    let model = try Model(LocalContrastNormalization(size: 3), inputShape: [9, 9, 1])
    let even = try model.predict(Tensor.full([1, 9, 9, 1], 5))
    #expect(abs(even.slice(axis: 1, 3..<6).slice(axis: 2, 3..<6).absolute().max().item) < 1e-4)
    // The contrast of an image times 10 is the image's own.
    let picture = Tensor((0..<81).map { Float(cos(Double($0 * $0))) }, shape: [1, 9, 9, 1])
    let (a, b) = (try model.predict(picture), try model.predict(picture * 10))
    #expect(agree(a.floats, b.floats.map(Double.init), tolerance: 1e-4))
  }

  @Test func unpoolingPutsValuesBack() throws {
    let x = Tensor([1, 5, 2, 3, 9, 0, 4, 4] as [Float], shape: [1, 8, 1])
    let model = try Model(inputs: [TensorType([8, 1], .float32)]) { inputs in
      let pooled = MaxPooling1D()(inputs[0])
      return [MaxUnpooling1D()(pooled * 10, inputs[0])]
    }
    #expect(try model.predict(x).floats == [0, 50, 0, 30, 90, 0, 40, 0])
    let images = try Model(inputs: [TensorType([5, 6, 2], .float32)]) { inputs in
      let pooled = MaxPooling2D(poolSize: 3, strides: 2, padding: .same)(inputs[0])
      return [MaxUnpooling2D(poolSize: 3, strides: 2, padding: .same)(pooled, inputs[0])]
    }
    #expect(try images.predict(image).shape == [1, 5, 6, 2])
  }

  @Test func spectralNormalizationBringsTheLargestSingularValueToOne() throws {
    let model = try Model(
      SpectralNormalization(Dense(4, kernelInitializer: .randomNormal(mean: 0, deviation: 3)), powerIterations: 30),
      inputShape: [6], seed: 2)
    model.compile(optimizer: .sgd(learningRate: 0), loss: .meanSquaredError)
    try model.fit(Tensor.ones([2, 6]), Tensor.zeros([2, 4]), epochs: 1, verbose: .silent)
    let kernel = try model.weight("dense/kernel")
    var u = Tensor.ones([1, 4])
    for _ in 0..<200 {
      u = u.matmul(kernel, transposeOther: true).matmul(kernel)
      u = u / u.squared().sum().sqrt()
    }
    #expect(abs(u.matmul(kernel, transposeOther: true).squared().sum().sqrt().item - 1) < 1e-3)
    #expect(model.variables.map(\.name) == ["dense/kernel", "vector_u", "dense/bias"])
  }

  @Test func alphaDropoutKeepsMeanAndVariance() throws {
    let model = try Model(AlphaDropout(0.3), inputShape: [20_000])
    var random = RandomSource(seed: 5)
    let x = random.normal([1, 20_000])
    let y = try CompiledStep { [model($0.inputs[0], training: true)] }.run([x])[0]
    #expect(abs(y.mean().item) < 0.05)
    #expect(abs(y.variance().item - 1) < 0.1)
    #expect(try model.predict(x).floats == x.floats)
  }

  @Test func lambdasAreRegisteredByName() throws {
    let model = try Model(Sequential([Lambda("test-double") { $0 * 2 }]), inputShape: [2])
    #expect(try model.predict(Tensor([[1, 2]])).floats == [2, 4])
    let data = try JSONEncoder().encode(Sequential([Lambda("test-double")]))
    let read = try JSONDecoder().decode(Sequential.self, from: data)
    #expect(try Model(read, inputShape: [2]).predict(Tensor([[1, 2]])).floats == [2, 4])
    #expect(throws: CajalError.self) { try outline(Lambda("test-unknown"), [2]) }
  }
}
