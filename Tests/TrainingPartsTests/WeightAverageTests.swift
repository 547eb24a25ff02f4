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
}
