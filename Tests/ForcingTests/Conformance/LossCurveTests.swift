// Twenty steps of the classic networks with all passes and with none: the same curve, within rounding. What rounding alone
// does to a curve is measured in the same run, by a scale of the input off by its last bit: with batch normalization the
// first steps from random weights make a difference of one bit a thousand times larger each, whatever the passes.
import CajalCompiler
import CajalModels
import Foundation
import Testing

@testable import Cajal

@Suite(
  .serialized,
  .enabled(
    if: ProcessInfo.processInfo.environment["CAJAL_CONFORMANCE"] == "full",
    "some minutes; 'make conformance' runs it"))
struct LossCurveTests {
  /// Smaller pictures than usual, and rates at which twenty steps do not leave the first valley.
  static let networks: [(name: String, size: Int, channels: Int, rate: Double)] = [
    ("lenet5", 32, 1, 1e-4), ("alexnet", 99, 3, 1e-4), ("vgg16", 64, 3, 1e-4), ("resnet50", 96, 3, 1e-4),
    ("resnet50", 96, 3, 1e-7), ("mobilenet", 96, 3, 1e-4), ("mobilenet", 96, 3, 1e-7),
  ]

  private func curve(_ network: Int, _ settings: PassSettings, scale: Double = 1) throws -> [Double] {
    let (name, size, channels, rate) = Self.networks[network]
    let architecture = try #require(Architectures.all.first { $0.name == name })
    let model = try Model(architecture.make(), inputShape: [size, size, channels], seed: 3)
    model.passSettings = settings
    model.compile(optimizer: SGD(learningRate: rate, momentum: 0.9), loss: .sparseCategoricalCrossentropy)
    var random = RandomSource(seed: 11)
    let x = random.uniform([8, size, size, channels]) * scale
    let labels = Tensor((0..<8).map { Int32($0 % 10) }, shape: [8])
    let step = try model.trainingStep([x], [labels])
    return try (0..<20).map { _ in
      step.resetLogs()
      try step.run()
      return try #require(step.logs["loss"])
    }
  }

  /// The largest relative difference up to each step.
  private func gaps(_ one: [Double], _ other: [Double]) -> [Double] {
    var most = 0.0
    return zip(one, other).map { a, b in
      most = max(most, abs(a - b) / abs(b))
      return most
    }
  }

  @Test(arguments: networks.indices) func curvesAgree(network: Int) throws {
    let (name, _, _, rate) = Self.networks[network]
    let plain = try curve(network, PassSettings(off: ["all"]))
    let apart = gaps(try curve(network, PassSettings()), plain)
    let nudged = try [1 - 0x1p-23, 1 + 0x1p-23, 1 + 0x1p-22].map {
      gaps(try curve(network, PassSettings(off: ["all"]), scale: $0), plain)
    }
    let rounding = plain.indices.map { step in nudged.map { $0[step] }.max() ?? 0 }
    print(
      "\(name) at a rate of \(rate): loss \(plain[0]) to \(plain[19]), passes move it by \(apart[19]), one bit of the input"
        + " by \(rounding[19])")
    #expect(plain[19] != plain[0])
    for step in plain.indices {
      #expect(
        apart[step] < 1e-5 + 5 * rounding[step],
        "\(name), step \(step): passes move the loss by \(apart), one bit of the input by \(rounding)")
    }
  }
}
