import Cajal
import CajalData

/// Something to learn: data, a network that fits it, and how to train it. Each task lies in a file of its own.
struct TrainingTask: Sendable {
  /// What the answers are.
  enum Answers: Sendable {
    case classes
    /// A number in this unit.
    case number(unit: String)
  }

  let name: String
  /// `handwritten digits, 8 x 8 pixels`
  let summary: String
  /// What a good run reaches: `98 % accuracy`.
  let goal: String
  let dataSet: BuiltInDataSet
  let answers: Answers
  /// What one sample is called, in the plural: `digits`.
  let samples: String
  var epochs: Int
  var batchSize: Int
  var learningRate: Double
  /// Part of the training data that only tells which epoch was best.
  var validationPart = 0.1
  /// Features are brought to mean 0 and deviation 1.
  var isStandardized = false
  /// The network for inputs of a shape and so many outputs.
  let network: @Sendable (_ outputs: Int) -> any Layer<Tensor, Tensor>

  /// Every task, the easiest first.
  static let all: [TrainingTask] = [digits, mnist, fashion, concrete, car]

  /// The untrained model.
  func model(for data: TaskData, seed: Int) throws -> Model {
    try Model(network(data.outputs), inputShape: data.test.inputs[0].shape, seed: seed)
  }

  /// Sets optimizer, loss and metrics; over all steps the rate falls to a tenth along half a cosine.
  func compile(_ model: Model, steps: Int = 1) {
    let optimizer = Adam().following(CosineDecay(initialRate: learningRate, decaySteps: max(1, steps), alpha: 0.1))
    switch answers {
    case .classes: model.compile(optimizer: optimizer, loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    case .number: model.compile(optimizer: optimizer, loss: .meanSquaredError, metrics: [.meanAbsoluteError])
    }
  }
}
