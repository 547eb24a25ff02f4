import Cajal
import CajalData
import CajalFigures
import CajalTerminal

extension Study {
  /// Digits of which few have labels: features learned from all of them, and an encoder that is trained on.
  static let fewLabels = Study(
    name: "fewlabels", summary: "digits of which few have labels, with features learned from all of them",
    goal: "better than the same network without pre-training", dataSet: DataSets.mnist, epochs: 10
  ) { run in
    let ((train, labels), (test, truths)) = try run.data.inMemory()
    let (x, held) = (train.asRows, test.asRows)
    let network = try Autoencoder(
      inputShape: [784], reconstruction: .binaryCrossentropy, corruption: MaskingNoise(0.3), seed: run.seed
    ) {
      Dense(512, activation: .relu)
      Dense(256, activation: .relu)
    } decoder: {
      Dense(512, activation: .relu)
      Dense(784, activation: .sigmoid)
    }
    try run.fit(network, x, name: "Denoising autoencoder of 256")
    try run.save(network)

    let (features, heldFeatures) = (try network.encode(x), try network.encode(held))
    _ = (features.storage, heldFeatures.storage)
    let deviation = features.variance().item.squareRoot()
    let names = [
      "logistic regression on pixels", "logistic regression on codes", "network from scratch", "pre-trained network",
    ]
    let amounts = [100, 300, 1000]
    let epochs = min(60, 6 * run.study.epochs)  // few labels are soon gone through
    var found = names.map { _ in amounts.map { _ in 0.0 } }
    for (column, amount) in amounts.enumerated() where !Interruption.isRequested {
      // Other labels are drawn three times; the middle result counts.
      let trials = try (0..<3).map { draw -> [Double] in
        let chosen = labelled(labels.scalars(as: Int32.self), amount, seed: 10 * run.seed + draw)
        let (own, targets) = (x.rows(chosen), labels.rows(chosen))
        let scratch = try Model(encoderPlan(), inputShape: [784], seed: run.seed + draw)
        return [
          try Judging.accuracy(own, targets, held, truths, epochs: epochs, seed: draw),
          try Judging.accuracy(features.rows(chosen), targets, heldFeatures, truths, epochs: epochs, seed: draw),
          try tuned(scratch, own, targets, held, truths, epochs: epochs, seed: draw),
          try tuned(encoder(of: network, deviation: deviation), own, targets, held, truths, epochs: epochs, seed: draw),
        ]
      }
      for row in names.indices { found[row][column] = trials.map { $0[row] }.sorted()[1] }
    }
    var table = CajalTerminal.Table(["Accuracy on held-out digits, %"] + amounts.map { "\($0) labels" })
    for (row, name) in names.enumerated() {
      table.addRow(
        [.text(name)] + found[row].map { .number(100 * $0, digits: 2, style: row % 2 == 1 ? .bold : .plain) })
      for (column, amount) in amounts.enumerated() {
        run.keep(name.replacingOccurrences(of: " ", with: "_") + "_\(amount)", found[row][column])
      }
    }
    run.show(table)
    try run.picture("labels.png", "accuracy over the number of labels") { path in
      try LineChart(
        title: "Held-out digits",
        series: zip(names, found).map { name, values in
          Series(name, x: amounts.map(Double.init), y: values.map { 100 * $0 })
        }, xLabel: "labels", yLabel: "accuracy, %"
      ).write(to: path)
    }
  }

  /// As many samples of each class, drawn by a seed.
  private static func labelled(_ labels: [Int32], _ count: Int, seed: Int) -> [Int] {
    var random = SampleRandom(seed: seed)
    let order = random.permutation(of: labels.count)
    return (0..<10).flatMap { label in order.lazy.filter { labels[$0] == Int32(label) }.prefix(count / 10) }
  }

  private static func encoderPlan() -> Sequential {
    Sequential {
      Dense(512, activation: .relu)
      Dense(256, activation: .relu)
    }
  }

  /// The pre-trained encoder, its codes brought to deviation 1: reconstruction leaves them at any size, and a softmax on codes that
  /// are much larger or smaller than what its step size suits learns from few labels badly.
  private static func encoder(of network: Autoencoder, deviation: Double) throws -> Model {
    let encoder = try network.pretrainedEncoder()
    // The last layer's activation is linear above 0.
    for variable in encoder.variables.suffix(2) {
      try encoder.setWeight(variable.name, variable.tensor / deviation)
    }
    return encoder
  }

  /// Accuracy of an encoder with a softmax on it, all of it trained.
  private static func tuned(
    _ encoder: Model, _ x: Tensor, _ labels: Tensor, _ test: Tensor, _ truths: Tensor, epochs: Int,
    seed: Int
  ) throws -> Double {
    let head = Dense(10, activation: .softmax)
    let model = try Model(inputs: encoder.inputTypes, seed: seed) { [head(encoder($0[0]))] }
    let batch = 20
    let steps = epochs * ((x.shape[0] + batch - 1) / batch)
    model.compile(
      optimizer: Adam().following(CosineDecay(initialRate: 5e-4, decaySteps: steps, alpha: 0.05)),
      loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    try model.fit(x, labels, epochs: epochs, batchSize: batch, verbose: .silent)
    return try model.evaluate(test, truths, batchSize: 500)["accuracy"] ?? .nan
  }
}
