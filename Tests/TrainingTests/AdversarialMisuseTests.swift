import Cajal
import CajalModels
import Testing

@Suite struct AdversarialMisuseTests {
  private func conditional(classes: Int = 3) throws -> GAN {
    try GAN(
      generator: Model(
        DCGANGenerator(imageShape: [8, 8, 1], filters: 4, classes: classes),
        inputs: [TensorType([6], .float32), TensorType([], .int32)]),
      discriminator: Model(
        DCGANDiscriminator(filters: 4, classes: classes),
        inputs: [TensorType([8, 8, 1], .float32), TensorType([], .int32)]), classes: classes)
  }

  private func pictures(_ count: Int, lower: Double = -1, upper: Double = 1) -> Tensor {
    var random = RandomSource(seed: 3)
    return random.uniform([count, 8, 8, 1], lower: lower, upper: upper)
  }

  private func labels(_ values: [Int32]) -> Tensor { Tensor(values, shape: [values.count]) }

  private func refusal(_ body: () throws -> Void) -> String {
    #expect(throws: CajalError.self, performing: body)?.description ?? ""
  }

  @Test func picturesOutsideTheRange() throws {
    let gan = try conditional()
    let turns = labels((0..<32).map { $0 % 3 })
    var text = refusal { try gan.fit(pictures(32, upper: 1.5), turns, batchSize: 8, verbose: .silent) }
    #expect(text.contains("-1.0...1.0") && text.contains("sample "), "\(text)")
    text = refusal { try gan.fit(pictures(32, lower: 0, upper: 255), turns, batchSize: 8, verbose: .silent) }
    #expect(text.contains("127.5"), "\(text)")
    text = refusal { try gan.fit(pictures(32, lower: 0), turns, batchSize: 8, verbose: .silent) }
    #expect(text.contains("2 x - 1"), "\(text)")
    var values = pictures(32).floats
    values[70] = .nan
    let damaged = Tensor(values, shape: [32, 8, 8, 1])
    text = refusal { try gan.fit(damaged, turns, batchSize: 8, shuffle: false, verbose: .silent) }
    #expect(text.contains("sample 1 has nan"), "\(text)")
  }

  @Test func labelsThatAreNone() throws {
    let gan = try conditional()
    var turns = (0..<32).map { Int32($0 % 3) }
    turns[5] = 3
    var text = refusal { try gan.fit(pictures(32), labels(turns), batchSize: 8, shuffle: false, verbose: .silent) }
    #expect(text.contains("0..<3") && text.contains("sample 5 has 3"), "\(text)")
    turns = turns.map { min($0, 1) }
    text = refusal { try gan.fit(pictures(32), labels(turns), batchSize: 8, verbose: .silent) }
    #expect(text.contains("class 2 has none"), "\(text)")
    text = refusal { try gan.fit(pictures(32), batchSize: 8, verbose: .silent) }
    #expect(text.contains("a label int32[] for each sample"), "\(text)")
    text = refusal { _ = try gan.generate(2, labels: [0, 7]) }
    #expect(text.contains("label 1 is 7"), "\(text)")
    text = refusal { _ = try gan.generate(3, labels: [0]) }
    #expect(text.contains("3 labels"), "\(text)")
  }

  @Test func samplesThatDoNotFit() throws {
    let gan = try conditional()
    let turns = labels((0..<32).map { $0 % 3 })
    var text = refusal { try gan.fit(.zeros([32, 8, 8]), turns, verbose: .silent) }
    #expect(text.contains("float32[8, 8, 1]"), "\(text)")
    text = refusal { try gan.fit(pictures(32), turns, batchSize: 64, verbose: .silent) }
    #expect(text.contains("64 samples or more") && text.contains("there are 32"), "\(text)")
    text = refusal { try gan.fit(pictures(32), labels([0, 1]), batchSize: 8, verbose: .silent) }
    #expect(text.contains("as many samples"), "\(text)")
  }

  @Test func modelsThatDoNotFit() throws {
    let (generator, critic) = (try Adversarial.generator(), try Adversarial.critic())
    #expect(
      refusal { _ = try GAN(generator: Adversarial.generator(3), discriminator: critic) }.contains("float32[2]"))
    #expect(
      refusal { _ = try GAN(generator: generator, discriminator: Adversarial.generator()) }.contains("float32[4]"))
    #expect(refusal { _ = try GAN(generator: generator, discriminator: critic, classes: 3) }.contains("labels int32[]"))
    #expect(
      refusal { _ = try GAN(generator: generator, discriminator: critic, discriminatorSteps: 0) }.contains("one step"))
    #expect(
      refusal { _ = try GAN(generator: generator, discriminator: critic, loss: .nonSaturating(labelSmoothing: 0.7)) }
        .contains("smoothing in 0 ..< 0.5"))
    #expect(
      refusal { _ = try GAN(generator: generator, discriminator: critic, loss: .wasserstein(gradientPenalty: 0)) }
        .contains("above 0"))
    let pictures = [TensorType([8, 8, 1], .float32)]
    let drawing = try Model(DCGANGenerator(imageShape: [8, 8, 1], filters: 4), inputs: [TensorType([6], .float32)])
    let text = refusal {
      _ = try GAN(
        generator: drawing, discriminator: Model(DCGANDiscriminator(filters: 4), inputs: pictures), loss: .wasserstein()
      )
    }
    #expect(text.contains("batch_normalization") && text.contains("LayerNormalization"), "\(text)")
    _ = try GAN(
      generator: drawing, discriminator: Model(DCGANDiscriminator(filters: 4, normalization: .layer), inputs: pictures),
      loss: .wasserstein())
  }
}
