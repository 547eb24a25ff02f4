import Testing

@testable import Cajal

@Suite struct ConstraintTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var shape: Shape
    var make: @Sendable () throws -> Model

    init<L: Layer>(_ shape: Shape, _ layer: @escaping @Sendable () -> L) where L.Input == Tensor {
      testDescription = L.className
      self.shape = shape
      make = { try Model(layer(), inputShape: shape) }
    }
  }

  /// Every layer that has parameters with constraints, all of them set.
  static let cases: [Case] = [
    Case([5]) { Dense(3, kernelConstraint: .nonNeg, biasConstraint: .nonNeg) },
    Case([6, 2]) { Conv1D(3, kernelSize: 2, kernelConstraint: .nonNeg, biasConstraint: .nonNeg) },
    Case([5, 5, 2]) { Conv2D(3, kernelSize: 2, kernelConstraint: .nonNeg, biasConstraint: .nonNeg) },
    Case([3, 3, 3, 2]) { Conv3D(3, kernelSize: 2, kernelConstraint: .nonNeg, biasConstraint: .nonNeg) },
    Case([6, 2]) { Conv1DTranspose(3, kernelSize: 2, kernelConstraint: .nonNeg, biasConstraint: .nonNeg) },
    Case([5, 5, 2]) { Conv2DTranspose(3, kernelSize: 2, kernelConstraint: .nonNeg, biasConstraint: .nonNeg) },
    Case([3, 3, 3, 2]) { Conv3DTranspose(3, kernelSize: 2, kernelConstraint: .nonNeg, biasConstraint: .nonNeg) },
    Case([6, 2]) { DepthwiseConv1D(kernelSize: 2, depthwiseConstraint: .nonNeg, biasConstraint: .nonNeg) },
    Case([5, 5, 2]) { DepthwiseConv2D(kernelSize: 2, depthwiseConstraint: .nonNeg, biasConstraint: .nonNeg) },
    Case([6, 2]) {
      SeparableConv1D(
        3, kernelSize: 2, depthwiseConstraint: .nonNeg, pointwiseConstraint: .nonNeg, biasConstraint: .nonNeg)
    },
    Case([5, 5, 2]) {
      SeparableConv2D(
        3, kernelSize: 2, depthwiseConstraint: .nonNeg, pointwiseConstraint: .nonNeg, biasConstraint: .nonNeg)
    },
    Case([4]) { Embedding(inputDim: 3, outputDim: 5, embeddingsConstraint: .nonNeg) },
    Case([6]) { PReLU(alphaConstraint: .nonNeg) },
    Case([6]) { BatchNormalization(betaConstraint: .nonNeg, gammaConstraint: .nonNeg) },
    Case([6]) { LayerNormalization(betaConstraint: .nonNeg, gammaConstraint: .nonNeg) },
    Case([6]) { GroupNormalization(groups: 2, betaConstraint: .nonNeg, gammaConstraint: .nonNeg) },
  ]

  @Test(arguments: cases)
  func everyParameterIsHeld(_ given: Case) throws {
    let model = try given.make()
    for variable in model.store.parameters {
      let values = (0..<variable.type.shape.count).map { $0 % 2 == 0 ? Float(-0.5) : 0.5 }
      try model.setWeight(variable.name, Tensor(values, shape: variable.type.shape))
    }
    // Steps of size 0: only the constraints act, and what they leave alone stays as it is.
    model.compile(optimizer: .sgd(learningRate: 0), loss: .meanSquaredError)
    let x = Tensor.full(Shape([2] + given.shape.dimensions), 1)
    try model.trainOnBatch(x, .zeros(Shape([2] + model.outputTypes[0].shape.dimensions)))
    for variable in model.store.parameters {
      let values = try model.weight(variable.name).floats
      #expect(values == values.indices.map { $0 % 2 == 0 ? 0 : 0.5 }, "\(variable.name)")
    }
  }

  @Test func normsAreTakenOverTheirAxes() {
    let w = Tensor([[3, 0.6], [4, 0.8]])
    func values(_ constraint: Constraint) -> [Double] { constraint(w).floats.map(Double.init) }
    expectClose(values(.maxNorm(2)), [1.2, 0.6, 1.6, 0.8], tolerance: 1e-6)
    expectClose(values(.unitNorm()), [0.6, 0.6, 0.8, 0.8], tolerance: 1e-6)
    expectClose(values(.unitNorm(axis: [1]))[0...1].map { $0 }, [0.980_580_7, 0.196_116_1], tolerance: 1e-6)
    expectClose(values(.minMaxNorm(minValue: 2, maxValue: 3, rate: 0.5)), [2.4, 0.9, 3.2, 1.2], tolerance: 1e-6)
    #expect(Constraint.nonNeg(Tensor([-1, 0, 2])).floats == [0, 0, 2])
  }

  @Test func stepsOfOnesOwnHoldThemToo() throws {
    let model = try Model(
      Dense(1, useBias: false, kernelInitializer: .constant(-1), kernelConstraint: .nonNeg), inputShape: [2])
    let trainer = Trainer(.sgd(learningRate: 0.5, ema: WeightAverage(momentum: 0.5)), for: model)
    let step = CompiledStep { step in
      step.minimize((model(step.inputs[0]) - 4).squared().mean(), by: trainer)
      return []
    }
    try step.run([Tensor([[0, 1]])])
    // The first gradient is that of the second input alone: -1 + 5 = 4 there, and -1 becomes 0.
    #expect(try model.weight("kernel").floats == [0, 4])
    trainer.swapAverages()
    #expect(try model.weight("kernel").floats == [-1, 4])
    trainer.swapAverages()
    #expect(try model.weight("kernel").floats == [0, 4])
  }
}
