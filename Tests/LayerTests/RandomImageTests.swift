import Testing

@testable import Cajal

/// What holds for random images whatever is drawn.
@Suite struct RandomImageTests {
  @Test func randomImagesStayInTheirRange() throws {
    let layers: [any Layer<Tensor, Tensor>] = [
      RandomFlip(), RandomTranslation(heightFactor: 0.3, widthFactor: 0.3), RandomRotation(0.2), RandomZoom(0.3),
      RandomShear(xFactor: 0.3, yFactor: 0.2), RandomContrast(0.5), RandomBrightness(0.3), RandomInvert(0.5),
      RandomGrayscale(), RandomColorDegeneration(0.5), RandomSaturation([0.2, 0.5]), RandomHue(0.3),
      RandomPosterization([2, 6]), RandomSharpness(0.8), RandomGaussianBlur(0.7, sigma: [0.5, 2]), RandomErasing(),
      RandomPerspective(scale: 0.5), RandomElasticTransform(), Equalization(), RandAugment(),
      Solarization(additionFactor: 0.2, thresholdFactor: 0.5),
      RandomColorJitter(brightnessFactor: 0.2, contrastFactor: 0.2, saturationFactor: [0.2, 0.5], hueFactor: 0.1),
    ]
    var random = RandomSource(seed: 1)
    let images = random.uniform([4, 8, 7, 3], lower: 0, upper: 255)
    for layer in layers {
      let model = try Model(Sequential([layer]), inputShape: [8, 7, 3])
      let step = CompiledStep { [model($0.inputs[0], training: true)] }
      let (first, second) = (try step.run([images])[0], try step.run([images])[0])
      #expect(first.shape == images.shape, "\(type(of: layer))")
      #expect(first.min().item >= -1e-3 && first.max().item <= 255.001, "\(type(of: layer))")
      #expect(first.floats != second.floats || layer is RandomGrayscale || layer is Equalization, "\(type(of: layer))")
      #expect(try model.predict(images).floats == images.floats, "\(type(of: layer))")
    }
    let crop = try Model(RandomCrop(height: 3, width: 4), inputShape: [8, 7, 3])
    let parts = try CompiledStep { [crop($0.inputs[0], training: true)] }.run([images])[0]
    #expect(parts.shape == [4, 3, 4, 3])
    #expect(Set(parts.floats).isSubset(of: Set(images.floats)))
  }

  @Test func boxesAreCutAndFilledUp() throws {
    let boxes = Tensor((0..<16).map(Float.init), shape: [2, 2, 4]), labels = Tensor([[1, 2], [3, 4]])
    func fixed(_ count: Int) throws -> [Tensor] {
      let types = [TensorType([2, 4], .float32), TensorType([2], .float32)]
      return try Model(MaxNumBoundingBoxes(maxNumber: count), inputs: types).predict([boxes, labels])
    }
    #expect(try fixed(1)[0].floats == [0, 1, 2, 3, 8, 9, 10, 11])
    #expect(try fixed(3)[1].floats == [1, 2, -1, 3, 4, -1])
    #expect(try fixed(3)[0].shape == [2, 3, 4])
  }

  @Test func chainsAreMixed() throws {
    let model = try Model(AugMix(numChains: 2, chainDepth: 2), inputShape: [6, 5, 3])
    var random = RandomSource(seed: 2)
    let images = random.uniform([3, 6, 5, 3], lower: 0, upper: 255)
    let step = CompiledStep { [model($0.inputs[0], training: true)] }
    let (first, second) = (try step.run([images])[0], try step.run([images])[0])
    #expect(first.min().item >= 0 && first.max().item <= 255)
    #expect(first.floats != second.floats && first.floats != images.floats)
    #expect(try model.predict(images).floats == images.floats)
  }

  @Test func perspectiveMovesCornersAlone() throws {
    let still = try Model(RandomPerspective(scale: 0), inputShape: [5, 6, 1])
    let image = Tensor((0..<30).map(Float.init), shape: [1, 5, 6, 1])
    let same = try CompiledStep { [still($0.inputs[0], training: true)] }.run([image])[0]
    #expect(agree(same.floats, image.floats.map(Double.init), tolerance: 1e-4))
    let moving = try Model(RandomPerspective(scale: 0.4, fillValue: -1), inputShape: [5, 6, 1])
    let moved = try CompiledStep { [moving($0.inputs[0], training: true)] }.run([image])[0]
    #expect(moved.floats[0] == 0)  // the first corner stays
    #expect(moved.floats != image.floats)
  }

  @Test func mixingKeepsSums() throws {
    var random = RandomSource(seed: 4)
    let images = random.uniform([16, 4, 5, 1], lower: 0, upper: 1)
    let labels = Tensor.identity(16)
    for layer in [MixUp(), CutMix()] as [any Layer<[Tensor], [Tensor]>] {
      let model = try mixing(layer)
      let step = CompiledStep { model($0.inputs, training: true) }
      let mixed = try step.run([images, labels])
      #expect(agree(mixed[1].sum(axes: [1]).floats, Array(repeating: 1, count: 16), tolerance: 1e-5))
      #expect(mixed[1].floats != labels.floats)
      // Each image is made of those that its labels name.
      if layer is MixUp {
        let expected = mixed[1].matmul(images.reshaped([16, 20]))
        #expect(agree(mixed[0].floats, expected.floats.map(Double.init), tolerance: 1e-5))
      } else {
        #expect(Set(mixed[0].floats).isSubset(of: Set(images.floats)))
      }
    }
  }

  private func mixing(_ layer: some Layer<[Tensor], [Tensor]>) throws -> Model {
    try Model(inputs: [TensorType([4, 5, 1], .float32), TensorType([16], .float32)]) { layer($0) }
  }

  @Test func betaNumbersHaveTheRightSpread() throws {
    for alpha in [0.2, 1.0] {
      let model = try Model(inputs: [TensorType([1], .float32)]) { inputs in
        [try inputs[0].scope.beta(alpha, count: inputs[0].shape[0]).expandingDimension(at: 1)]
      }
      let numbers = try model.predict(Tensor.zeros([4000, 1]), batchSize: 4000)
      #expect(abs(numbers.mean().item - 0.5) < 0.03)
      #expect(abs(Double(numbers.variance().item) - 1 / (4 * (2 * alpha + 1))) < 0.01)
    }
  }
}
