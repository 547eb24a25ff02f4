import Cajal
import CajalData
import CajalTerminal

/// A classifier that was trained on real samples, and what it makes of drawn ones.
struct Judge {
  let model: Model
  let classes: Int
  /// Of held-out real samples.
  let accuracy: Double
  /// Fréchet's distance of as many training samples to the held-out ones: what a perfect generator would have.
  let distanceOfReal: Double
  /// And of noise.
  let distanceOfNoise: Double
  private let features: Model
  private let real: FeatureStatistics
  /// Held-out samples: as many are drawn to be judged.
  let count: Int

  /// What a judge says of drawn samples.
  struct Verdict {
    /// Fréchet's distance to the held-out samples in the judge's features.
    var distance: Double
    /// The part that is taken for what was asked for.
    var recognized: Double?
    /// The part of the samples that is taken for each class.
    var shares: [Double]

    /// Classes that have at least a tenth of an equal share.
    var found: Int { shares.count { $0 >= 0.1 / Double(shares.count) } }
  }

  /// Trains the classifier on samples of 0...1.
  init(_ task: AdversarialTask, train: Dataset, test: Dataset, classes: Int, seed: Int) throws {
    model = try Model(task.judge(), inputShape: test.inputs[0].shape, seed: seed)
    self.classes = classes
    let steps = task.judgeEpochs * (train.count / 64)
    model.compile(
      optimizer: Adam().following(CosineDecay(initialRate: 1e-3, decaySteps: max(1, steps), alpha: 0.1)),
      loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    try model.fit(train.shuffle(), epochs: task.judgeEpochs, batchSize: 64)
    let held = try test.tensors()
    accuracy = try model.evaluate(held.inputs[0], held.targets[0], batchSize: 128)["accuracy"] ?? .nan
    features = try model.intermediate(task.featureLayer)
    count = test.count
    real = try FeatureStatistics(features.predict(held.inputs[0], batchSize: 128))
    // As many as are held out, for the distance depends a little on how many there are.
    let some = try train.take(count).tensors().inputs[0]
    distanceOfReal = try FeatureStatistics(features.predict(some, batchSize: 128)).frechetDistance(to: real)
    var random = RandomSource(seed: seed)
    let noise = random.uniform(held.inputs[0].shape)
    distanceOfNoise = try FeatureStatistics(features.predict(noise, batchSize: 128)).frechetDistance(to: real)
  }

  /// Looks at drawn samples of -1...1; `labels` is what was asked for.
  func verdict(_ drawn: Tensor, labels: [Int]?) throws -> Verdict {
    let pictures = (drawn + 1) * 0.5
    let distance = try FeatureStatistics(features.predict(pictures, batchSize: 128)).frechetDistance(to: real)
    let answers = try model.predict(pictures, batchSize: 128).argMax().scalars(as: Int32.self).map(Int.init)
    var shares = [Double](repeating: 0, count: classes)
    for answer in answers { shares[answer] += 1 / Double(answers.count) }
    let recognized = labels.map { labels in
      Double(zip(labels, answers).count { $0 == $1 }) / Double(max(labels.count, 1))
    }
    return Verdict(distance: distance, recognized: recognized, shares: shares)
  }
}

/// Judges what a GAN draws after each epoch, and keeps a grid of it.
final class EpochJudge: Callback {
  private let gan: GAN
  private let judge: Judge
  private let every: Int
  /// Whether training itself says nothing.
  private var isBrief: Bool { every > 1 }
  private let epochs: Int
  private let draw: (_ epoch: Int) throws -> Void
  /// Of the last epoch.
  private(set) var verdict: Judge.Verdict?

  /// - Parameters:
  ///   - every: Epochs from one look to the next; the first and the last are always looked at.
  ///   - draw: Called with the number of the epoch, from 1.
  init(_ gan: GAN, _ judge: Judge, every: Int, epochs: Int, draw: @escaping (_ epoch: Int) throws -> Void) {
    self.gan = gan
    self.judge = judge
    self.every = max(1, every)
    self.epochs = epochs
    self.draw = draw
  }

  func epochEnd(_ training: TrainingContext) throws {
    let epoch = training.epoch + 1
    guard
      epoch == 1 || epoch % every == 0 || epoch == epochs || training.control.stopTraining || Interruption.isRequested
    else {
      return
    }
    let labels = gan.classes.map { classes in (0..<judge.count).map { $0 % classes } }
    let verdict = try judge.verdict(
      gan.generate(judge.count, labels: labels, seed: 1000 + training.epoch), labels: labels)
    self.verdict = verdict
    training.logs["frechet_distance"] = verdict.distance
    training.logs["classes_found"] = Double(verdict.found)
    training.logs["recognized"] = verdict.recognized
    let recognized = verdict.recognized.map { ", \(Format.percent($0)) recognized" } ?? ""
    let name = isBrief ? "Epoch \(epoch)/\(epochs)" : "         judged"
    let line =
      "\(name): Fréchet distance \(Format.fixed(verdict.distance, digits: 2)), \(verdict.found) of "
      + "\(judge.classes) classes\(recognized)"
    if isBrief { FileDescriptorOutput.standardOutput.writeLine(line) } else { training.control.note(line) }
    try draw(epoch)
  }
}
