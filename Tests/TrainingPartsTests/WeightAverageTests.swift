import Testing

@testable import Cajal

@Suite struct WeightAverageTests {
  /// w ← w - η (w - t), from 0: one parameter whose path is known.
  static func model(_ optimizer: any Optimizer) throws -> Model {
    let model = try Model(Dense(1, useBias: false, kernelInitializer: .zeros), inputShape: [1])
    model.compile(optimizer: optimizer, loss: QuadraticError())
    return model
  }
  static let (x, y) = (Tensor([[1]]), Tensor([[1]]))

  @Test func fitEndsWithTheAverages() throws {
    let model = try Self.model(.sgd(learningRate: 0.5, ema: WeightAverage(momentum: 0.5)))
    try model.fit(Self.x, Self.y, epochs: 3, verbose: .silent)
    // w: ½, ¾, ⅞; averages: ½, ⅝, ¾.
    #expect(try model.weight("kernel").floats == [0.75])
    try Self.model(.sgd()).fit(Self.x, Self.y, epochs: 1, verbose: .silent)
  }

  @Test func validationSeesTheAverages() throws {
    for swapOnEpoch in [false, true] {
      let model = try Self.model(.sgd(learningRate: 0.5, ema: WeightAverage(momentum: 0.5)))
      var kernels: [Float] = []
      let watcher = LambdaCallback(epochEnd: { _ in kernels += try model.weight("kernel").floats })
      let history = try model.fit(
        Self.x, Self.y, epochs: 3, validationData: (Self.x, Self.y),
        callbacks: [SwapEMAWeights(swapOnEpoch: swapOnEpoch), watcher], verbose: .silent)
      expectClose(history["val_loss"], [0.125, 0.5 * 0.375 * 0.375, 0.5 * 0.0625], tolerance: 1e-6)
      #expect(kernels == (swapOnEpoch ? [0.5, 0.625, 0.75] : [0.5, 0.75, 0.875]))
      #expect(history["loss"] == [0.5, 0.125, 0.031_25])
      #expect(try model.weight("kernel").floats == [0.75])
    }
  }

  @Test func averagesMustBeKept() throws {
    let model = try Self.model(.sgd())
    #expect(
      message {
        try model.fit(
          Self.x, Self.y, validationData: (Self.x, Self.y), callbacks: [SwapEMAWeights()], verbose: .silent)
      } == "swapAverages: expected an optimizer that keeps averages, but this one does not. "
        + "Compile with an optimizer that has ema: WeightAverage().")
  }

  private struct Interrupted: Error {}

  @Test func interruptedRunsEndWithTheSameBits() throws {
    let folder = try ScratchFolder()
    let x = Tensor((0..<40).map { Float($0 * 7 % 13) / 13 }, shape: [20, 2])
    let y = x.sum(axes: [1], keepsDimensions: true)
    func train(_ directory: String, interruptedAt step: Int?) throws -> [Float] {
      let model = try Model(
        Sequential {
          Dense(4, activation: .tanh)
          Dense(1)
        }, inputShape: [2], seed: 5)
      let optimizer = LossScaleOptimizer(
        Adam(learningRate: 0.05, ema: WeightAverage(momentum: 0.7), gradientAccumulationSteps: 2))
      model.compile(optimizer: optimizer, loss: .meanSquaredError)
      let watcher = LambdaCallback(batchEnd: { training in if training.step == step { throw Interrupted() } })
      try model.fit(
        x, y, epochs: 3, batchSize: 4, validationData: (x, y),
        callbacks: [
          SwapEMAWeights(swapOnEpoch: true), watcher, BackupAndRestore(folder / directory, everySteps: 3),
        ], verbose: .silent)
      return try model.variables.flatMap { try model.weight($0.name).floats }
    }
    let whole = try train("whole", interruptedAt: nil)
    for step in [5, 8, 11] {
      #expect(throws: Interrupted.self) { _ = try train("cut\(step)", interruptedAt: step) }
      #expect(try train("cut\(step)", interruptedAt: nil) == whole)
    }
  }
}
