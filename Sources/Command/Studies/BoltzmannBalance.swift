import Cajal
import CajalData
import CajalFigures
import CajalTerminal

extension Study {
  /// Few digits of one kind among many others: digits that a machine makes up stand in for those that are missing.
  static let boltzmannBalance = Study(
    name: "rbm-balance", summary: "a rare class filled up with digits that a machine makes up",
    goal: "a recall above plain and repeated rows", dataSet: DataSets.digits, epochs: 20, batchSize: 20,
    learningRate: 0.1
  ) { try BalanceStudy($0).perform() }
}

/// One run of the study: each class in turn is the rare one, on splits of its own.
///
/// The machine learns from all rows without their labels. Half of the pixels of a rare row are hidden and filled in given the
/// other half, so that what is made up has parts of a rare row and what usually goes with them.
private struct BalanceStudy {
  private static let rareRows = 15
  private static let draws = 20
  private static let methods = ["plain", "rows repeated", "rows made up"]

  let run: StudyRun
  let rows: Tensor
  let labels: [Int32]
  let classes: Int

  init(_ run: StudyRun) throws {
    self.run = run
    let (train, test) = try run.data.inMemory()
    rows = Tensor.concatenate([train.x.asRows, test.x.asRows])
    _ = rows.storage
    labels = train.labels.scalars(as: Int32.self) + test.labels.scalars(as: Int32.self)
    classes = run.data.classNames?.count ?? 10
  }

  /// Of the rare class among held-out rows.
  private struct Score {
    var recall: Double
    var precision: Double
    /// Half the recall of the rare class and half that of the others.
    var balanced: Double
    var area: Double
    /// The recall where the threshold lets one in a hundred of the others pass, the same for every method.
    var recallAtOnePercent: Double
  }

  private static let measures: [(name: String, key: String, value: @Sendable (Score) -> Double)] = [
    ("Recall", "recall", \.recall), ("Precision", "precision", \.precision),
    ("Balanced", "balanced_accuracy", \.balanced), ("ROC-AUC", "auc", \.area),
    ("Recall at 1 % false alarms", "recall_at_1_percent", \.recallAtOnePercent),
  ]

  func perform() throws {
    var scores: [[Score]] = []
    for draw in 0..<Self.draws {
      let score = try self.draw(draw)
      if Interruption.isRequested { break }  // its trainings were cut
      scores.append(score)
      let found = scores[draw].map { Format.percent($0.recall, digits: 1) }.joined(separator: ", ")
      run.note("  draw \(draw + 1)/\(Self.draws), rare \(draw % classes): recall \(found)")
    }
    guard !scores.isEmpty else { return }
    var table = CajalTerminal.Table(["Learned from, %"] + Self.measures.map(\.name))
    for (method, name) in Self.methods.enumerated() {
      let means = Self.measures.map { measure in MeanOf(scores.map { 100 * measure.value($0[method]) }) }
      table.addRow([.text(name)] + means.map { .text($0.text(digits: 1)) })
      for (measure, mean) in zip(Self.measures, means) {
        run.keep("\(name.replacing(" ", with: "_"))_\(measure.key)", mean.value / 100)
      }
    }
    run.note(
      "\n\(Self.rareRows) rows of a rare digit to learn from, among all those of the others; means of \(scores.count) draws, "
        + "with standard errors; a network with 64 hidden units tells the rare digit from the rest")
    run.show(table)
    for (method, name) in Self.methods.enumerated().dropLast() {
      let gain = MeanOf(scores.map { 100 * ($0[2].recall - $0[method].recall) })
      run.note("Recall with rows made up less that of \(name): \(gain.text(digits: 1)) points.")
    }
    try run.picture("recall.png", "how many of the rare class were found") { path in
      try BarChart(
        title: "Recall of the rare class", names: Self.methods,
        values: Self.methods.indices.map { method in MeanOf(scores.map { 100 * $0[method].recall }).value },
        valueLabel: "recall, %"
      ).write(to: path)
    }
  }

  private func draw(_ draw: Int) throws -> [Score] {
    let rare = Int32(draw % classes)
    let seed = run.seed &* Self.draws &+ draw
    var random = SampleRandom(seed: seed)
    let order = random.permutation(of: labels.count)
    let (held, known) = (Array(order[..<(order.count / 4)]), order[(order.count / 4)...])
    let (common, few) = (known.filter { labels[$0] != rare }, known.filter { labels[$0] == rare }.prefix(Self.rareRows))
    guard !few.isEmpty, held.contains(where: { labels[$0] == rare }) else {
      throw CajalError(.value, "rbm-balance", expected: "rows of each class", given: "class \(rare) has none")
    }
    let repeated = rows.rows(
      (0..<max(0, common.count - few.count)).map { few[few.startIndex + $0 % few.count] })
    let (many, seldom) = (rows.rows(common), rows.rows(Array(few)))
    let made = try madeUp(from: repeated, seen: Tensor.concatenate([many, seldom]), seed: seed)
    if draw == 8 { try show(seldom, made) }
    let truths = held.map { labels[$0] == rare }
    return try [[seldom], [seldom, repeated], [seldom, made]].map { parts in
      let x = Tensor.concatenate([many] + parts)
      let targets = (0..<x.shape[0]).map { Int32($0 < common.count ? 0 : 1) }
      return try score(x, Tensor(targets, shape: [targets.count]), rows.rows(held), truths, seed: seed)
    }
  }

  /// Rows half of whose pixels are what a machine of all rows expects beside the other half.
  private func madeUp(from starts: Tensor, seen: Tensor, seed: Int) throws -> Tensor {
    let machine = try RestrictedBoltzmannMachine(visible: rows.shape[1], hidden: 100, seed: seed)
    try machine.setVisibleBias(from: seen)
    let rate = run.study.learningRate
    try machine.fit(
      seen, epochs: run.study.epochs, batchSize: run.study.batchSize,
      by: ContrastiveDivergence(
        learningRate: rate, finalRate: rate / 10, momentum: 0.5, weightDecay: 1e-3, takesProbabilities: true),
      seed: seed)
    var random = RandomSource(seed: seed)
    let known = random.bernoulli(starts.shape, probability: 0.5)
    return try machine.filled(starts, known: known, burnIn: 9, sweeps: 1, seed: seed)
  }

  private func score(_ x: Tensor, _ labels: Tensor, _ held: Tensor, _ truths: [Bool], seed: Int) throws -> Score {
    let network = Sequential {
      Dense(64, activation: .relu)
      Dense(2, activation: .softmax)
    }
    let model = try Model(network, inputShape: [x.shape[1]], seed: seed)
    let (epochs, batch) = (20, 64)
    let steps = epochs * ((x.shape[0] + batch - 1) / batch)
    model.compile(
      optimizer: Adam().following(CosineDecay(initialRate: 5e-3, decaySteps: steps, alpha: 0.02)),
      loss: .sparseCategoricalCrossentropy)
    try model.fit(x, labels, epochs: epochs, batchSize: batch, verbose: .silent)
    let odds = try model.predict(held, batchSize: 512).slice(axis: 1, 1..<2).floats
    let found = zip(odds, truths).filter { $0.0 > 0.5 }
    let (hits, positives) = (found.count { $0.1 }, truths.count { $0 })
    let recall = Double(hits) / Double(max(1, positives))
    let falseAlarms = Double(found.count - hits) / Double(max(1, truths.count - positives))
    let curve = try ReceiverOperatingCharacteristic(outputs: odds, isPositive: truths)
    return Score(
      recall: recall, precision: Double(hits) / Double(max(1, found.count)), balanced: (recall + 1 - falseAlarms) / 2,
      area: curve.area,
      recallAtOnePercent: curve.points.last { $0.falsePositiveRate <= 0.01 }?.truePositiveRate ?? 0)
  }

  /// The rare rows, and below each what was made up of it.
  private func show(_ seldom: Tensor, _ made: Tensor) throws {
    let count = seldom.shape[0]
    guard made.shape[0] >= 4 * count else { return }
    try run.grid(
      "digits.png", "the rare rows, and below each four that were made up of it",
      [seldom] + (0..<4).map { made[($0 * count)..<($0 * count + count)] }, side: (8, 8), scale: 5)
  }
}

/// A mean with its standard error.
private struct MeanOf {
  let value: Double
  let standardError: Double

  init(_ values: [Double]) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    value = mean
    standardError = (squares / max(1, count - 1) / count).squareRoot()
  }

  func text(digits: Int) -> String {
    "\(Format.fixed(value, digits: digits)) ± \(Format.fixed(standardError, digits: digits))"
  }
}
