// Twenty steps of the classic networks with all passes and with none: the same curve, within rounding where there is no
// normalization. With it, the first steps from random weights make rounding a thousand times larger each, whatever the passes.
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
  /// Smaller pictures than usual, and a rate at which steps do not make rounding large by themselves.
  static let networks: [(name: String, size: Int, channels: Int)] = [
    ("lenet5", 32, 1), ("alexnet", 99, 3), ("vgg16", 64, 3), ("resnet50", 96, 3), ("mobilenet", 96, 3),
  ]

  private func curve(_ network: Int, _ settings: PassSettings) throws -> [Double] {
    let (name, size, channels) = Self.networks[network]
    let architecture = try #require(Architectures.all.first { $0.name == name })
    let model = try Model(architecture.make(), inputShape: [size, size, channels], seed: 3)
    model.passSettings = settings
    model.compile(optimizer: SGD(learningRate: 1e-4, momentum: 0.9), loss: .sparseCategoricalCrossentropy)
    var random = RandomSource(seed: 11)
    let x = random.uniform([8, size, size, channels])
    let labels = Tensor((0..<8).map { Int32($0 % 10) }, shape: [8])
    let step = try model.trainingStep([x], [labels])
    return try (0..<20).map { _ in
      step.resetLogs()
      try step.run()
      return try #require(step.logs["loss"])
    }
  }

  @Test(arguments: networks.indices) func curvesAgree(network: Int) throws {
    let fused = try curve(network, PassSettings())
    let plain = try curve(network, PassSettings(off: ["all"]))
    let gap = zip(fused, plain).map { abs($0 - $1) / abs($1) }.max() ?? .infinity
    print("\(Self.networks[network].name): loss \(plain[0]) to \(plain[19]), curves at most \(gap) apart")
    #expect(plain[19] != plain[0])
    #expect(abs(fused[0] - plain[0]) < 1e-5 * plain[0])
    #expect(gap < (network < 3 ? 1e-4 : 0.15), "\(Self.networks[network].name): \(fused) and \(plain)")
  }
}
