import Cajal
import CajalData
import CajalModels

/// A network for so many classes, where it is told any, on inputs of these types.
typealias MakeModel = @Sendable (_ classes: Int?, _ inputs: [TensorType], _ seed: Int) throws -> Model

/// Samples to be drawn from noise: data, two networks, how they are trained, and who judges what they draw.
struct AdversarialTask: Sendable {
  let name: String
  let summary: String
  /// What a good run reaches.
  let goal: String
  let dataSet: BuiltInDataSet
  /// What one sample is called, in the plural.
  let samples: String
  let loss: AdversarialLoss
  /// Whether the networks are told what to draw.
  var isConditional = false
  var epochs: Int
  var batchSize: Int
  /// Of both networks.
  var learningRate: Double
  var discriminatorSteps = 1
  /// Sizes of the noise.
  let latent: Int
  /// Epochs of the classifier that judges.
  let judgeEpochs: Int
  let generator: MakeModel
  let discriminator: MakeModel
  /// The classifier, and the layer whose results are the features of Fréchet's distance.
  let judge: @Sendable () -> any Layer<Tensor, Tensor>
  let featureLayer: String

  /// Every task, the shortest first.
  static let all: [AdversarialTask] = [gan, wgan, cgan, dcgan]

  /// Dense networks on the digits that come with the library.
  static let gan = AdversarialTask(
    name: "gan", summary: "digits drawn from noise, 8 x 8 pixels", goal: "all ten digits", dataSet: DataSets.digits,
    samples: "digits", loss: .nonSaturating(labelSmoothing: 0.1), epochs: 150, batchSize: 64, learningRate: 4e-4,
    latent: 32, judgeEpochs: 20, generator: denseGenerator,
    discriminator: denseDiscriminator, judge: { TrainingTask.digits.network(10) }, featureLayer: "dense")

  /// A critic with a gradient penalty on the same digits.
  static let wgan = AdversarialTask(
    name: "wgan", summary: "the same by a critic with gradient penalty", goal: "all ten digits",
    dataSet: DataSets.digits, samples: "digits", loss: .wasserstein(), epochs: 120, batchSize: 32, learningRate: 5e-4,
    discriminatorSteps: 3, latent: 32, judgeEpochs: 20,
    generator: { _, inputs, seed in
      try Model(DCGANGenerator(imageShape: [8, 8, 1], filters: 32), inputs: inputs, seed: seed)
    },
    discriminator: { _, inputs, seed in
      try Model(DCGANDiscriminator(filters: 32, normalization: .layer), inputs: inputs, seed: seed)
    },
    judge: { TrainingTask.digits.network(10) }, featureLayer: "dense")

  /// MNIST's digits as asked for, judged by LeNet-5.
  static let cgan = AdversarialTask(
    name: "cgan", summary: "the digit that is asked for, 28 x 28 pixels", goal: "95 % recognized by LeNet-5",
    dataSet: DataSets.mnist, samples: "digits", loss: .nonSaturating(labelSmoothing: 0.1), isConditional: true,
    epochs: 5, batchSize: 64, learningRate: 4e-4, latent: 64, judgeEpochs: 4,
    generator: { try Model(DCGANGenerator(filters: 32, classes: $0), inputs: $1, seed: $2) },
    discriminator: { try Model(DCGANDiscriminator(filters: 32, classes: $0), inputs: $1, seed: $2) },
    judge: { LeNet5() }, featureLayer: "f6")

  /// Clothes from noise.
  static let dcgan = AdversarialTask(
    name: "dcgan", summary: "clothes drawn from noise, 28 x 28 pixels", goal: "all ten kinds",
    dataSet: DataSets.fashion, samples: "pictures", loss: .nonSaturating(labelSmoothing: 0.1), epochs: 5, batchSize: 64,
    learningRate: 4e-4, latent: 64, judgeEpochs: 4,
    generator: { try Model(DCGANGenerator(filters: 32, classes: $0), inputs: $1, seed: $2) },
    discriminator: { try Model(DCGANDiscriminator(filters: 32, classes: $0), inputs: $1, seed: $2) },
    judge: { LeNet5() }, featureLayer: "f6")

  /// The network as it is asked for labels too, where it is.
  func gan(classes: Int, imageShape: Shape, seed: Int) throws -> GAN {
    let labels = isConditional ? [TensorType([], .int32)] : []
    let known = isConditional ? classes : nil
    func model(_ make: MakeModel, _ shape: Shape, seed: Int) throws -> Model {
      try make(known, [TensorType(shape, .float32)] + labels, seed)
    }
    var optimizer = Adam(learningRate: learningRate, beta1: 0.5)
    if case .wasserstein = loss { optimizer = Adam(learningRate: learningRate, beta1: 0, beta2: 0.9) }
    return try GAN(
      generator: model(generator, [latent], seed: 2 &* seed &+ 1),
      discriminator: model(discriminator, imageShape, seed: 2 &* seed &+ 2), loss: loss, classes: known,
      generatorOptimizer: optimizer, discriminatorOptimizer: optimizer, discriminatorSteps: discriminatorSteps,
      seed: seed)
  }

  // MARK: - Dense networks

  private static let denseGenerator: MakeModel = { _, inputs, seed in
    try Model(
      Sequential {
        Dense(128)
        BatchNormalization(momentum: 0.9)
        LeakyReLU(negativeSlope: 0.2)
        Dense(256)
        BatchNormalization(momentum: 0.9)
        LeakyReLU(negativeSlope: 0.2)
        Dense(64, activation: .tanh)
        Reshape([8, 8, 1])
      }, inputs: inputs, seed: seed)
  }

  private static let denseDiscriminator: MakeModel = { _, inputs, seed in
    try Model(
      Sequential {
        Flatten()
        Dense(256)
        LeakyReLU(negativeSlope: 0.2)
        Dropout(0.3)
        Dense(128)
        LeakyReLU(negativeSlope: 0.2)
        Dropout(0.3)
        Dense(1)
      }, inputs: inputs, seed: seed)
  }
}
