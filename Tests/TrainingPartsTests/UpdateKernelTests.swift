import Testing

@testable import Cajal

/// Rules that act on each element alone are one pass over all parameters, with all their options.
@Suite struct UpdateKernelTests {
  static let optimizers: [any Optimizer] = [
    Adam(), Adam(amsgrad: true, weightDecay: 0.1), Adam(ema: WeightAverage(overwriteFrequency: 10)),
    Adam(ema: WeightAverage(), gradientAccumulationSteps: 4), SGD(momentum: 0.9, gradientAccumulationSteps: 2), Ftrl(),
    ScheduleFreeAdamW(warmupSteps: 100), LossScaleOptimizer(Adam()),
  ]

  static func kernels(_ optimizer: any Optimizer, layers: Int) throws -> Int {
    let model = try Model(
      Sequential { for _ in 0..<layers { Dense(8, activation: .relu) } }, inputShape: [8])
    model.compile(optimizer: optimizer, loss: .meanSquaredError)
    return try model.profile(trainingStepOf: 4, targets: [TensorType([8], .float32)]).kernels.count
  }

  @Test(arguments: optimizers.indices)
  func moreParametersNeedNoMoreKernels(_ index: Int) throws {
    let optimizer = Self.optimizers[index]
    let plain = try Self.kernels(SGD(), layers: 6) - Self.kernels(SGD(), layers: 3)
    // Looking for gradients that are not finite is a kernel for each of them, and one that brings the answers together.
    let looks = optimizer.lossScaling == nil ? 0 : 7
    let more = try Self.kernels(optimizer, layers: 6) - Self.kernels(optimizer, layers: 3)
    #expect(more <= plain + looks, "\(more) instead of \(plain)")
  }
}
