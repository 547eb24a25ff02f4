import Foundation
import Testing

@testable import Cajal

@Suite struct LossTests {
  static let losses: [String: any Loss] = [
    "meanSquaredError": MeanSquaredError(), "meanAbsoluteError": MeanAbsoluteError(),
    "meanAbsolutePercentageError": MeanAbsolutePercentageError(),
    "meanSquaredLogarithmicError": MeanSquaredLogarithmicError(), "quadraticError": QuadraticError(),
    "categoricalCrossentropy": CategoricalCrossentropy(),
    "categoricalCrossentropy/logits": CategoricalCrossentropy(fromLogits: true),
    "categoricalCrossentropy/smoothed": CategoricalCrossentropy(labelSmoothing: 0.1),
    "sparseCategoricalCrossentropy": SparseCategoricalCrossentropy(),
    "sparseCategoricalCrossentropy/logits": SparseCategoricalCrossentropy(fromLogits: true),
    "binaryCrossentropy": BinaryCrossentropy(), "binaryCrossentropy/logits": BinaryCrossentropy(fromLogits: true),
    "binaryCrossentropy/smoothed": BinaryCrossentropy(labelSmoothing: 0.2), "hinge": Hinge(),
    "squaredHinge": SquaredHinge(), "categoricalHinge": CategoricalHinge(), "perceptron": PerceptronLoss(),
    "klDivergence": KLDivergence(), "poisson": Poisson(), "huber": Huber(), "huber/0.3": Huber(delta: 0.3),
    "logCosh": LogCosh(), "cosineSimilarity": CosineSimilarity(),
    "binaryFocalCrossentropy": BinaryFocalCrossentropy(),
    "binaryFocalCrossentropy/balanced": BinaryFocalCrossentropy(
      applyClassBalancing: true, alpha: 0.4, gamma: 1.5, fromLogits: true, labelSmoothing: 0.1),
    "categoricalFocalCrossentropy": CategoricalFocalCrossentropy(),
    "categoricalFocalCrossentropy/each": CategoricalFocalCrossentropy(
      alpha: [0.1, 0.2, 0.3, 0.4, 0.5], gamma: 1.3, fromLogits: true, labelSmoothing: 0.1),
    "categoricalGeneralizedCrossEntropy/0.7": CategoricalGeneralizedCrossEntropy(q: 0.7), "dice": Dice(),
    "dice/rows": Dice(axis: [1]), "tversky": Tversky(alpha: 0.3, beta: 0.8),
    "tversky/rows": Tversky(alpha: 0.3, beta: 0.8, axis: [1]),
    "sparseCategoricalCrossentropy/ignore": SparseCategoricalCrossentropy(ignoreClass: -1),
    "circle": Circle(gamma: 8, margin: 0.3),
    "circle/diagonal": Circle(gamma: 8, margin: 0.3, removeDiagonal: false), "ctc": CTC(),
  ]

  @Test(arguments: try GoldenRow.rows("losses.json"))
  func valuesAndGradientsFollowKeras(_ row: GoldenRow) throws {
    let loss = try #require(Self.losses[row.name])
    let prediction = try row.prediction()
    let sparse = ["sparse", "circle", "ctc", "categoricalGeneralized"]
    let target = try row.target(isSparse: sparse.contains { row.name.hasPrefix($0) })
    let values = try loss(target: target, prediction: prediction)
    let isWhole = ["dice", "tversky"].contains(row.name)
    let axes = row.name == "ctc" ? 2 : 1
    #expect(values.shape == (isWhole ? [] : Shape(Array(prediction.shape.dimensions.dropLast(axes)))))
    expectClose(values.floats.map(Double.init), try row.numbers("values"), tolerance: 2e-6, "values")
    let slope = gradient(of: values.sum(), with: [prediction])[0]
    expectClose(slope.floats.map(Double.init), try row.numbers("gradient"), tolerance: 2e-5, "gradient")
  }

  @Test func everyLossHasGoldenRows() throws {
    let names = Set(try GoldenRow.rows("losses.json").map(\.name))
    #expect(names == Set(Self.losses.keys))
  }

  @Test
  func softmaxAndSigmoidAreSeenThrough() throws {
    // Probabilities this sure round to 0 and 1; from what went into them the loss stays exact.
    let logits = Tensor([[40, -40, 0]])
    let oneHot = Tensor([[0, 1, 0]])
    expectClose(
      try CategoricalCrossentropy()(target: oneHot, prediction: logits.softmax()).floats.map(Double.init), [80],
      tolerance: 1e-6)
    let label = Tensor([Int32(1)], shape: [1])
    expectClose(
      try SparseCategoricalCrossentropy()(target: label, prediction: logits.softmax()).floats.map(Double.init), [80],
      tolerance: 1e-6)
    expectClose(
      try BinaryCrossentropy()(target: Tensor([[0]]), prediction: Tensor([[50]]).sigmoid()).floats.map(Double.init),
      [50],
      tolerance: 1e-6)
  }

  @Test func softmaxLossIsOneOperation() throws {
    let probabilities = Tensor([[1, 2], [3, 4]]).softmax()
    let loss = try CategoricalCrossentropy()(target: Tensor([[1, 0], [0, 1]]), prediction: probabilities)
    #expect(loss.node.operation.label == "softmax cross-entropy")
  }

  @Test
  func workedExamples() throws {
    // L = ½ (6 - w x)², x = 2, w = 5: gradient 8.
    let w = Tensor([5])
    let loss = try QuadraticError()(target: Tensor([6]), prediction: w * 2)
    #expect(gradient(of: loss.sum(), with: [w])[0].floats == [8])
    // The mean over a batch is J = 1/(2m) Σ (h - y)².
    let cost = try QuadraticError()(target: Tensor([1, 2, 3]), prediction: Tensor([2, 4, 6])).mean()
    expectClose([cost.item], [14.0 / 6], tolerance: 1e-6)
  }

  @Test
  func vectorsOfLengthZeroHaveFiniteGradients() throws {
    let zero = Tensor([[0, 0]])
    let loss = try CosineSimilarity()(target: Tensor([[1, 0]]), prediction: zero)
    #expect(loss.floats == [0])
    #expect(gradient(of: loss.sum(), with: [zero])[0].floats.allSatisfy { $0.isFinite })
  }

  @Test func integerTargetsAreTakenAsNumbers() throws {
    let target = Tensor([Int32(1), 0], shape: [2, 1])
    #expect(try BinaryCrossentropy()(target: target, prediction: Tensor([[0.5], [0.5]])).dtype == .float32)
  }

  @Test func labelsThatDoNotFitIntoTheTimeAreInfinite() throws {
    let logits = Tensor.zeros([2, 2, 3])
    let loss = try CTC()(target: Tensor([Int32(1), 1, 1, 2], shape: [2, 2]), prediction: logits)
    #expect(loss.floats[0] == .infinity)
    expectClose([Double(loss.floats[1])], [2 * 1.098_612_288_668], tolerance: 1e-6)
    // One step of time: the label itself, or none.
    let single = try CTC()(target: Tensor([Int32(1), 0], shape: [2, 1]), prediction: .zeros([2, 1, 4]))
    expectClose(single.floats.map(Double.init), [1.386_294_361, 1.386_294_361], tolerance: 1e-6)
  }

  @Test func reductionsAreThoseOfKeras() throws {
    let (values, weights) = (Tensor([1, 2, 6]), Tensor([1, 0.5, 0]))
    func reduced(_ loss: any Loss, _ weights: Tensor?) -> Double { loss.reduced(values, weights: weights).item }
    #expect(reduced(MeanSquaredError(), nil) == 3)
    expectClose([reduced(MeanSquaredError(), weights)], [2.0 / 3], tolerance: 1e-6)
    #expect(reduced(MeanSquaredError().reduced(by: .sum), weights) == 2)
    expectClose([reduced(Hinge().reduced(by: .meanWithSampleWeight), weights)], [2 / 1.5], tolerance: 1e-6)
    #expect(MeanSquaredError().reduction == .sumOverBatchSize)
    let loss = Hinge().reduced(by: .sum)
    let data = try JSONEncoder().encode(LossEntry(loss))
    let read = try JSONDecoder().decode(LossEntry.self, from: data).loss
    #expect(read.reduction == .sum)
    #expect(type(of: read).className == "Hinge")
  }

  @Test func misfitsSayWhatToDo() {
    let predictions = Tensor.zeros([4, 3])
    #expect(
      message { _ = try MeanSquaredError()(target: .zeros([4]), prediction: .zeros([4, 1])) }
        == "MeanSquaredError: expected targets of the prediction's shape [4, 1], but they are [4]. "
        + "Reshape the targets to [4, 1].")
    #expect(
      message { _ = try CategoricalCrossentropy()(target: .zeros([4]), prediction: predictions) }
        == "CategoricalCrossentropy: expected targets of the prediction's shape [4, 3], but they are [4]. "
        + "For class numbers use the sparse loss, or make the targets one-hot.")
    #expect(
      message { _ = try SparseCategoricalCrossentropy()(target: .zeros([4, 3]), prediction: predictions) }
        == "SparseCategoricalCrossentropy: expected class numbers [4] or [4, 1] for predictions [4, 3], but the targets "
        + "are [4, 3]. For one-hot targets use the categorical form without `sparse`.")
    #expect(
      message { _ = try CategoricalHinge()(target: .zeros([4]), prediction: .zeros([4])) }
        == "CategoricalHinge: expected predictions with a batch axis and one more, but their shape is [4]. "
        + "Use a loss of single values, or give the model more outputs.")
    #expect(
      message { _ = try BinaryCrossentropy(labelSmoothing: 1)(target: predictions, prediction: predictions) }
        == "BinaryCrossentropy: expected labelSmoothing in 0 ..< 1, but it is 1.0.")
    #expect(
      message { _ = try Huber(delta: 0)(target: predictions, prediction: predictions) }
        == "Huber: expected a positive delta, but it is 0.0.")
    #expect(
      message { _ = try MeanSquaredError()(target: predictions, prediction: .zeros([4, 3], dtype: .int32)) }
        == "MeanSquaredError: expected floating predictions, but they are int32. Use cast(to: .float32).")
  }

  @Test func shorthandsReadLikeKeras() throws {
    func className(_ loss: any Loss) -> String { type(of: loss).className }
    #expect(className(.meanSquaredError) == "MeanSquaredError")
    #expect(className(.categoricalCrossentropy(fromLogits: true, labelSmoothing: 0.1)) == "CategoricalCrossentropy")
    #expect(className(.sparseCategoricalCrossentropy) == "SparseCategoricalCrossentropy")
    #expect(className(.huber(delta: 2)) == "Huber")
  }
}
