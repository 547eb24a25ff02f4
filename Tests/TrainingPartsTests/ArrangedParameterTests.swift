import CajalCompiler
import Testing

@testable import Cajal

/// Rules that look at a whole parameter mean the same wherever its kernels want it to lie in memory.
@Suite struct ArrangedParameterTests {
  static let optimizers: [any Optimizer] = [
    Adam(learningRate: 0.01, clipping: .norm(0.1), ema: WeightAverage(momentum: 0.5, overwriteFrequency: 2)),
    Adafactor(learningRate: 0.05), Lamb(learningRate: 0.02, gradientAccumulationSteps: 2), Muon(learningRate: 0.02),
    Ftrl(learningRate: 0.1, clipping: .globalNorm(0.5)), ScheduleFreeAdamW(learningRate: 0.02),
    LossScaleOptimizer(SGD(learningRate: 0.1, momentum: 0.9), initialScale: 64, dynamicGrowthSteps: 2),
  ]

  static func trained(_ optimizer: any Optimizer, _ settings: PassSettings) throws -> (model: Model, losses: [Double]) {
    let model = try Model(
      Sequential {
        Conv2D(32, kernelSize: 3, activation: .relu, kernelConstraint: .maxNorm(1.2, axis: [0, 1, 2]))
        Conv2D(32, kernelSize: 3, activation: .tanh, kernelConstraint: .minMaxNorm(minValue: 0.5, axis: [0, 1, 2]))
        Flatten()
        Dense(3, activation: .softmax, kernelRegularizer: .orthogonal(mode: .columns), kernelConstraint: .unitNorm())
      }, inputShape: [8, 8, 16])
    model.passSettings = settings
    model.compile(optimizer: optimizer, loss: .sparseCategoricalCrossentropy)
    let values = (0..<4_096).map { (place: Int) -> Float in Float(place * 37 % 101) / 101 - 0.5 }
    let x = Tensor(values, shape: [4, 8, 8, 16])
    let y = Tensor([Int32(0), 1, 2, 1], shape: [4])
    let losses = try (0..<4).map { _ in try model.trainOnBatch(x, y)["loss"] ?? .nan }
    return (model, losses)
  }

  @Test(arguments: optimizers.indices)
  func passesChangeNothing(_ index: Int) throws {
    let arranged = try Self.trained(Self.optimizers[index], PassSettings())
    let plain = try Self.trained(Self.optimizers[index], PassSettings(off: ["all"]))
    #expect(arranged.model.variables.contains { !$0.layout.isRowMajor($0.type.shape) })
    #expect(plain.model.variables.allSatisfy { $0.layout.isRowMajor($0.type.shape) })
    expectClose(arranged.losses, plain.losses, tolerance: 1e-4, "losses")
    for variable in arranged.model.variables {
      let values = try arranged.model.weight(variable.name).floats.map(Double.init)
      let expected = try plain.model.weight(variable.name).floats.map(Double.init)
      expectClose(values, expected, tolerance: 1e-3, variable.name)
    }
  }
}
