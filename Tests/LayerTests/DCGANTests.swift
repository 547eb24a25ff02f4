import CajalModels
import Foundation
import Testing

@testable import Cajal

@Suite struct DCGANTests {
  private let label = TensorType([], .int32)

  @Test(arguments: [[28, 28, 1], [8, 8, 1], [12, 20, 3]], [nil, 10])
  func shapes(picture: [Int], classes: Int?) throws {
    let labels = classes == nil ? [] : [label]
    let generator = try Model(
      DCGANGenerator(imageShape: picture, filters: 8, classes: classes), inputs: [TensorType([16], .float32)] + labels)
    #expect(generator.outputTypes == [TensorType(Shape(picture), .float32)])
    let discriminator = try Model(
      DCGANDiscriminator(filters: 8, classes: classes), inputs: [TensorType(Shape(picture), .float32)] + labels)
    #expect(discriminator.outputTypes == [TensorType([1], .float32)])
    let features = picture[0] / 4 * picture[1] / 4 * 16
    let dense = (16 + (classes ?? 0)) * features + features
    // Two transposed convolutions with biases, and four numbers for each normalized feature.
    #expect(
      generator.parameterCount == dense + 4 * features + (16 * 16 * 8 + 8) + 4 * 8 + (16 * 8 + 1) * picture[2])
    #expect(
      discriminator.parameterCount
        == 16 * picture[2] * 8 + 8 + 16 * 8 * 16 + 16 + 4 * 16 + features + 1 + (classes ?? 0) * features)
  }

  @Test func theLabelChangesBoth() throws {
    let generator = try Model(
      DCGANGenerator(imageShape: [8, 8, 1], filters: 8, classes: 3), inputs: [TensorType([4], .float32), label])
    let discriminator = try Model(
      DCGANDiscriminator(filters: 8, classes: 3), inputs: [TensorType([8, 8, 1], .float32), label])
    var random = RandomSource(seed: 1)
    let noise = random.normal([1, 4])
    func drawn(_ label: Int32) throws -> Tensor { try generator.predict([noise, Tensor([label], shape: [1])])[0] }
    let (zero, one) = (try drawn(0), try drawn(1))
    #expect(zero.floats != one.floats && zero.floats.allSatisfy { abs($0) <= 1 })
    func judged(_ label: Int32) throws -> [Float] {
      try discriminator.predict([zero, Tensor([label], shape: [1])])[0].floats
    }
    #expect(try judged(0) != judged(2))
  }

  @Test func whatDoesNotFit() {
    func refusal(_ body: () throws -> Void) -> String {
      #expect(throws: CajalError.self, performing: body)?.description ?? ""
    }
    let noise = [TensorType([4], .float32)]
    #expect(
      refusal { _ = try Model(DCGANGenerator(imageShape: [30, 28, 1]), inputs: noise) }.contains("multiples of 4"))
    #expect(refusal { _ = try Model(DCGANGenerator(classes: 10), inputs: noise) }.contains("two inputs"))
    #expect(refusal { _ = try Model(DCGANGenerator(), inputs: noise + [label]) }.contains("one input"))
    #expect(
      refusal { _ = try Model(DCGANGenerator(classes: 10), inputs: noise + noise) }.contains("labels int32[batch]"))
    #expect(refusal { _ = try Model(DCGANDiscriminator(), inputs: noise) }.contains("height, width, channels"))
  }

  @Test func aSavedGeneratorDrawsTheSame() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gan-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let gan = try GAN(
      generator: Model(
        DCGANGenerator(imageShape: [8, 8, 1], filters: 4, classes: 2), inputs: [TensorType([4], .float32), label]),
      discriminator: Model(
        DCGANDiscriminator(filters: 4, classes: 2, dropout: 0.1), inputs: [TensorType([8, 8, 1], .float32), label]),
      classes: 2)
    var random = RandomSource(seed: 2)
    let labels = Tensor((0..<16).map { Int32($0 % 2) }, shape: [16])
    try gan.fit(random.uniform([16, 8, 8, 1], lower: -1, upper: 1), labels, batchSize: 8, verbose: .silent)
    try gan.save(to: folder)
    Architectures.registerLayers()
    let again = try Model.load(from: folder + "/generator")
    let noise = random.normal([3, 4])
    let asked = Tensor([0, 1, 1] as [Int32], shape: [3])
    #expect(try again.predict([noise, asked])[0].floats == gan.generator.predict([noise, asked])[0].floats)
    #expect(try Model.load(from: folder + "/discriminator").parameterCount == gan.discriminator.parameterCount)
  }
}
