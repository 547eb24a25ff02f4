import Cajal
import CajalData
import CajalFigures
import CajalTerminal

extension Study {
  /// Few malignant tumours among many benign ones: rows that a machine makes up stand in for those that are missing.
  static let boltzmannBalance = Study(
    name: "rbm-balance", summary: "a rare class filled up with rows that a machine makes up",
    goal: "a recall above plain and repeated rows", dataSet: DataSets.breastCancer, epochs: 400, batchSize: 10,
    learningRate: 0.002
  ) { try BalanceStudy($0).perform() }
}

/// One run of the study, over several draws of the rare rows.
private struct BalanceStudy {
  private static let rareRows = 15
  private static let draws = 9
  /// So few rows say little about how they scatter: the machine's noise is as wide as a column.
  private static let scale = 1.0

  let run: StudyRun
  let table: MeasuredRows
  let rare: Int32

  init(_ run: StudyRun) throws {
    self.run = run
    table = try MeasuredRows(run.data)
    let labels = table.trainLabels
    let ones = labels.count { $0 == 1 }
    rare = 2 * ones < labels.count ? 1 : 0
    guard ones > 0, ones < labels.count else {
      throw CajalError(
        .value, "rbm-balance", expected: "rows of both classes", given: "the training part has one class alone")
    }
  }

  /// Of the rare class among held-out rows.
  struct Score {
    var recall: Double
    var precision: Double
    var f1: Double { recall + precision > 0 ? 2 * recall * precision / (recall + precision) : 0 }
  }

  func perform() throws {
    var scores: [[Score]] = []
    for draw in 0..<Self.draws {
      scores.append(try self.draw(seed: run.seed &+ draw))
      if Interruption.isRequested { return }
    }
    let names = ["plain", "rows repeated", "rows made up"]
    func median(_ method: Int, _ value: (Score) -> Double) -> Double {
      scores.map { value($0[method]) }.sorted()[scores.count / 2]
    }
    func mean(_ method: Int, _ value: (Score) -> Double) -> Double {
      scores.reduce(0) { $0 + value($1[method]) } / Double(scores.count)
    }
    var results = CajalTerminal.Table(["Learned from", "Median recall", "Mean recall", "Mean precision", "Mean F1"])
    for (method, name) in names.enumerated() {
      results.addRow([
        .text(name), .text(Format.percent(median(method, \.recall))), .text(Format.percent(mean(method, \.recall))),
        .text(Format.percent(mean(method, \.precision))), .text(Format.percent(mean(method, \.f1))),
      ])
      run.keep(name.replacing(" ", with: "_") + "_recall", mean(method, \.recall))
    }
    run.note(
      "\n\(Self.rareRows) rows of the rare class to learn from, \(Self.draws) draws of them; logistic regression")
    run.show(results)
    try run.picture("recall.png", "how many of the rare class were found") { path in
      try BarChart(
        title: "Recall of the rare class", names: names, values: names.indices.map { mean($0, \.recall) },
        valueLabel: "recall"
      ).write(to: path)
    }
  }

  private func draw(seed: Int) throws -> [Score] {
    let many = table.trainLabels.indices.filter { table.trainLabels[$0] != rare }
    let all = table.trainLabels.indices.filter { table.trainLabels[$0] == rare }
    var order = RandomSource(seed: seed)
    let keys = order.uniform([all.count]).floats
    let few = all.indices.sorted { keys[$0] < keys[$1] }.prefix(Self.rareRows).map { all[$0] }
    func rows(_ places: [Int]) -> Tensor {
      table.train.gathered(Tensor(places.map { Int32($0) }, shape: [places.count]))
    }
    let (common, seldom) = (rows(many), rows(few))
    _ = seldom.storage
    let missing = many.count - few.count
    let repeated = rows((0..<missing).map { few[$0 % few.count] })
    let machine = try GaussianRows.trained(seldom, hidden: 20, scale: Self.scale, run.study, seed: seed)
    let starts = rows((0..<missing).map { few[$0 % few.count] }) * Self.scale
    let made = try GibbsSampler(machine, start: starts, seed: seed).run(sweeps: 20) / Self.scale
    return try [[seldom], [seldom, repeated], [seldom, made]].map { parts in
      let x = Tensor.concatenate([common] + parts)
      let labels = [Int32](repeating: 0, count: many.count) + [Int32](repeating: 1, count: x.shape[0] - many.count)
      return try score(x, Tensor(labels, shape: [labels.count]), seed: seed)
    }
  }

  private func score(_ x: Tensor, _ labels: Tensor, seed: Int) throws -> Score {
    let model = try Model(Dense(2, activation: .softmax), inputShape: [x.shape[1]], seed: seed)
    let steps = 100 * ((x.shape[0] + 31) / 32)
    model.compile(
      optimizer: Adam().following(CosineDecay(initialRate: 1e-2, decaySteps: steps, alpha: 0.02)),
      loss: .sparseCategoricalCrossentropy)
    try model.fit(x, labels, epochs: 100, batchSize: 32, verbose: .silent)
    let answers = try model.predict(table.test, batchSize: 128).argMax().scalars(as: Int32.self)
    let hits = zip(answers, table.testLabels).count { $0 == 1 && $1 == rare }
    let positives = answers.count { $0 == 1 }
    return Score(
      recall: Double(hits) / Double(max(1, table.testLabels.count { $0 == rare })),
      precision: Double(hits) / Double(max(1, positives)))
  }
}
