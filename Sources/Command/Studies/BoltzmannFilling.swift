import Cajal
import CajalData
import CajalFigures
import CajalTerminal

extension Study {
  /// A quarter of the measurements of held-out tumours is hidden and filled in by a Gaussian machine.
  static let boltzmannFilling = Study(
    name: "rbm-filling", summary: "missing measurements, filled in from those that are there",
    goal: "an error below that of the means", dataSet: DataSets.breastCancer, epochs: 300, batchSize: 20,
    learningRate: 0.002
  ) { run in
    let table = try MeasuredRows(run.data)
    let machine = try GaussianRows.trained(table.train, hidden: 60, run.study, seed: run.seed)
    var random = RandomSource(seed: run.seed)
    let known = 1 - random.bernoulli(table.test.shape, probability: 0.25)
    let filled =
      try machine.filled(
        GaussianRows.scale * table.test * known, known: known, burnIn: 100, sweeps: 400, seed: run.seed)
      / GaussianRows.scale
    let (truth, guess, isKnown) = (table.test.floats, filled.floats, known.floats)
    let hidden = isKnown.indices.filter { isKnown[$0] == 0 }
    func error(_ guess: (Int) -> Float) -> Double {
      let squares = hidden.reduce(0.0) { $0 + Double((guess($1) - truth[$1]) * (guess($1) - truth[$1])) }
      return (squares / Double(hidden.count)).squareRoot()
    }
    let (mean, machines) = (error { _ in 0 }, error { guess[$0] })
    var results = CajalTerminal.Table(["Filled in by", "RMSE, deviations"])
    results.addRow([.text("mean of the column"), .number(mean, digits: 4)])
    results.addRow([.text("Gaussian machine", style: .bold), .number(machines, digits: 4, style: .bold)])
    run.note("\n\(Format.count(hidden.count)) of \(Format.count(truth.count)) held-out measurements were hidden.")
    run.show(results)
    run.keep("mean_rmse", mean)
    run.keep("machine_rmse", machines)
    try run.picture("filled.png", "what was filled in against the truth") { path in
      try ScatterChart(
        title: "Hidden measurements, in deviations from the mean",
        series: [Series("filled in", x: hidden.map { Double(truth[$0]) }, y: hidden.map { Double(guess[$0]) })],
        xLabel: "truth", yLabel: "filled in", showsDiagonal: true
      ).write(to: path)
    }
  }
}

/// Rows of measurements at mean 0 and deviation 1 of the training part.
struct MeasuredRows {
  let train: Tensor
  let test: Tensor
  let trainLabels: [Int32]
  let testLabels: [Int32]

  init(_ data: DataSplit) throws {
    let figures = try data.train.standardization()
    let (train, test) = (try data.train.normalized(figures).tensors(), try data.test.normalized(figures).tensors())
    self.train = train.inputs[0].asRows
    self.test = test.inputs[0].asRows
    trainLabels = train.targets[0].scalars(as: Int32.self)
    testLabels = test.targets[0].scalars(as: Int32.self)
  }
}

/// A Gaussian machine for rows of mean 0 and deviation 1.
enum GaussianRows {
  /// The machine's noise has deviation 1, so rows are stretched until what it cannot explain is about as large.
  static let scale = 3.0

  static func trained(
    _ rows: Tensor, hidden: Int, _ study: Study, seed: Int
  ) throws -> RestrictedBoltzmannMachine {
    let machine = try RestrictedBoltzmannMachine(visible: rows.shape[1], hidden: hidden, units: .gaussian, seed: seed)
    let settings = ContrastiveDivergence(
      steps: 3, learningRate: study.learningRate, finalRate: study.learningRate / 10, momentum: 0.5, weightDecay: 1e-3)
    try machine.setVisibleBias(from: rows * scale)
    try machine.fit(
      rows * scale, epochs: study.epochs, batchSize: study.batchSize, by: settings, seed: seed)
    return machine
  }
}
