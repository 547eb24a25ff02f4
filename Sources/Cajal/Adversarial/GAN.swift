// A generator and a discriminator that learn from each other.
import CajalGraph
import Foundation

/// A generative adversarial network: two models, each with an optimizer, and two compiled steps that alternate.
///
/// The discriminator learns to tell samples from what the generator makes of noise, the generator to be taken for real. Both
/// see real samples and fakes in batches of their own. With `classes` both models take labels as a second input
/// (`int32[]` per sample), and fakes get the labels of the batch.
///
/// Shapes: generator z `[latent]` (and label `[]`) → sample; discriminator sample (and label) → one number without activation.
/// Example:
/// ```swift
/// let gan = try GAN(
///   generator: Model(DCGANGenerator(), inputs: [TensorType([100], .float32)]),
///   discriminator: Model(DCGANDiscriminator(), inputs: [TensorType([28, 28, 1], .float32)]),
///   loss: .nonSaturating(labelSmoothing: 0.1))
/// try gan.fit(images * 2 - 1, epochs: 10)
/// let pictures = try gan.generate(64)
/// ```
public final class GAN {
  /// Makes samples of noise.
  public let generator: Model
  /// Judges samples; a critic where the loss is Wasserstein's.
  public let discriminator: Model
  /// What both make smaller.
  public let loss: AdversarialLoss
  /// How many labels there are; nil where the models take none.
  public let classes: Int?
  /// Steps of the discriminator before each step of the generator.
  public let discriminatorSteps: Int
  /// What real samples and fakes lie in; nil where it may be any numbers.
  public let range: ClosedRange<Float>?
  /// Fixes noise, order and all other random numbers.
  public let seed: Int
  /// The generator's optimizer with its state.
  public let generatorTrainer: Trainer
  /// The discriminator's optimizer with its state.
  public let discriminatorTrainer: Trainer
  let discriminatorStep: CompiledStep
  let generatorStep: CompiledStep

  /// Sizes of the noise of one sample.
  public var latentShape: Shape { generator.inputTypes[0].shape }
  /// Sizes of one sample.
  public var sampleShape: Shape { generator.outputTypes[0].shape }

  /// Two models to be trained against each other.
  ///
  /// - Parameters:
  ///   - generator: From noise, and with `classes` labels, to samples.
  ///   - discriminator: From samples, and with `classes` labels, to one number without activation.
  ///   - loss: What both make smaller.
  ///   - classes: How many labels there are, where the models take any.
  ///   - generatorOptimizer: By default Adam as the loss was published: 2e-4 with β₁ = 0.5, or 1e-4 with β₁ = 0, β₂ = 0.9.
  ///   - discriminatorOptimizer: By default the same.
  ///   - discriminatorSteps: Steps of the discriminator before each of the generator; by default 1, for Wasserstein's loss 5.
  ///   - range: What samples lie in: -1...1 for a generator that ends in tanh; nil for any numbers.
  ///   - seed: Fixes noise, order and all other random numbers; the models have seeds of their own.
  /// Errors: models that do not fit together; Wasserstein's loss with a critic that normalizes over the batch.
  public init(
    generator: Model, discriminator: Model, loss: AdversarialLoss = .nonSaturating(), classes: Int? = nil,
    generatorOptimizer: (any Optimizer)? = nil, discriminatorOptimizer: (any Optimizer)? = nil,
    discriminatorSteps: Int? = nil, range: ClosedRange<Float>? = -1...1, seed: Int = 0
  ) throws {
    try loss.demandSense()
    try Self.demandFit(generator, discriminator, loss, classes)
    self.generator = generator
    self.discriminator = discriminator
    self.loss = loss
    self.classes = classes
    self.discriminatorSteps = discriminatorSteps ?? loss.usualDiscriminatorSteps
    guard self.discriminatorSteps > 0 else {
      throw CajalError(
        .argument, "GAN", expected: "at least one step of the discriminator for each of the generator",
        given: "there are \(self.discriminatorSteps)")
    }
    self.range = range
    self.seed = seed
    let drawing = Trainer(generatorOptimizer ?? loss.usualOptimizer, for: generator)
    let judging = Trainer(discriminatorOptimizer ?? loss.usualOptimizer, for: discriminator)
    (generatorTrainer, discriminatorTrainer) = (drawing, judging)
    let latent = generator.inputTypes[0].shape.dimensions
    discriminatorStep = CompiledStep(seed: 2 &* seed) { step in
      let (real, labels) = (step.inputs[0], Array(step.inputs.dropFirst()))
      let fake = generator([step.normal(Shape([real.shape[0]] + latent))] + labels)[0]
      let (judgedReal, judgedFake) = (discriminator([real] + labels)[0], discriminator([fake] + labels)[0])
      var total = loss.discriminator(real: judgedReal, fake: judgedFake)
      var results = [total, loss.score(judgedReal), loss.score(judgedFake)]
      if let weight = loss.penalty {
        let penalty = step.gradientPenalty(real: real, fake: fake) { discriminator([$0] + labels)[0] }
        total = total + penalty * weight
        results[0] = total
        results.append(penalty)
      }
      step.minimize(total, by: judging)
      return results
    }
    generatorStep = CompiledStep(seed: 2 &* seed &+ 1) { step in
      // The labels, or where there are none something that has the batch's size.
      let labels = generator.inputTypes.count > 1 ? step.inputs : []
      let fake = generator([step.normal(Shape([step.inputs[0].shape[0]] + latent))] + labels)[0]
      let total = loss.generator(fake: discriminator([fake] + labels)[0])
      step.minimize(total, by: drawing)
      return [total]
    }
  }

  /// New samples: [count] + `sampleShape`.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - labels: What they are to be, one for each; without, the classes take turns.
  ///   - seed: Fixes the noise.
  /// Errors: labels outside the classes, or of another number.
  public func generate(_ count: Int, labels: [Int]? = nil, seed: Int = 0) throws -> Tensor {
    guard count > 0 else {
      throw CajalError(.argument, "GAN.generate", expected: "at least one sample", given: "\(count) were asked for")
    }
    var random = RandomSource(seed: seed)
    let noise = random.normal(Shape([count] + latentShape.dimensions))
    let given = try labelTensor(labels, count: count)
    return try generator.predict([noise] + given, batchSize: min(count, 128))[0]
  }

  private func labelTensor(_ labels: [Int]?, count: Int) throws -> [Tensor] {
    guard let classes else {
      guard labels == nil else {
        throw CajalError(
          .argument, "GAN.generate", expected: "no labels for models that take none",
          given: "there are \(labels?.count ?? 0)", advice: "Make conditional models and say classes: to GAN.")
      }
      return []
    }
    let labels = labels ?? (0..<count).map { $0 % classes }
    guard labels.count == count else {
      throw CajalError(
        .argument, "GAN.generate", expected: "\(count) labels, one for each sample", given: "there are \(labels.count)")
    }
    if let place = labels.firstIndex(where: { $0 < 0 || $0 >= classes }) {
      throw CajalError(
        .value, "GAN.generate", expected: "labels in 0..<\(classes)", given: "label \(place) is \(labels[place])")
    }
    return [Tensor(labels.map(Int32.init), shape: [count])]
  }

  /// Writes both models, each all or nothing: folders `generator` and `discriminator` in a folder.
  ///
  /// The optimizers' state is not kept. Example: `try gan.save(to: "gan"); let generator = try Model.load(from: "gan/generator")`
  public func save(to path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw CajalError(
        .system, "GAN.save", expected: "a folder \(path)", given: "it cannot be made: \(error.localizedDescription)")
    }
    try generator.save(to: "\(path)/generator/", includingTraining: false)
    try discriminator.save(to: "\(path)/discriminator/", includingTraining: false)
  }

  // MARK: - Models that fit together

  private static func demandFit(
    _ generator: Model, _ discriminator: Model, _ loss: AdversarialLoss, _ classes: Int?
  ) throws {
    func types(_ types: [TensorType]) -> String { types.map(\.description).joined(separator: ", ") }
    guard generator.outputTypes.count == 1, generator.outputTypes[0] == discriminator.inputTypes[0] else {
      throw CajalError(
        .shape, "GAN", expected: "a generator that makes what the discriminator judges: \(discriminator.inputTypes[0])",
        given: "it makes \(types(generator.outputTypes))")
    }
    guard discriminator.outputTypes.count == 1, discriminator.outputTypes[0] == TensorType([1], .float32) else {
      throw CajalError(
        .shape, "GAN", expected: "a discriminator with one number for each sample, float32[1]",
        given: "it gives \(types(discriminator.outputTypes))", advice: "End it with Dense(1), without activation.")
    }
    if let classes, classes < 1 {
      throw CajalError(.argument, "GAN", expected: "at least one class", given: "classes is \(classes)")
    }
    let labels = classes == nil ? [] : [TensorType([], .int32)]
    for (name, model) in [("generator", generator), ("discriminator", discriminator)]
    where Array(model.inputTypes.dropFirst()) != labels {
      throw CajalError(
        .shape, "GAN", expected: "a \(name) with \(classes == nil ? "one input" : "labels int32[] as second input")",
        given: "its inputs are \(types(model.inputTypes))",
        advice: classes == nil ? "Say classes: where the models take labels." : "Both models take the labels.")
    }
    let normalizing = discriminator.calls.first { $0.className == "BatchNormalization" }
    if loss.penalty != nil, let normalizing {
      throw CajalError(
        .unsupported, "GAN", expected: "a critic that judges each sample by itself, as the gradient penalty needs",
        given: "\(normalizing.path) (BatchNormalization) mixes the samples of a batch",
        advice: "Use LayerNormalization, or none.")
    }
  }
}
