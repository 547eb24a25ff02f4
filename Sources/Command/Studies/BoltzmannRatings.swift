import Cajal
import CajalData
import CajalFigures
import CajalTerminal

extension Study {
  /// Ratings of films by a machine with one visible unit for each person and one row for each film; missing ratings stay out of
  /// it (Salakhutdinov, Mnih and Hinton 2007, with Gaussian units).
  static let boltzmannRatings = Study(
    name: "rbm-ratings", summary: "ratings of films by a machine that leaves out what is missing",
    goal: "an error below that of film and person", dataSet: DataSets.movieLens, epochs: 40, batchSize: 64,
    learningRate: 0.01
  ) { run in
    let ratings = try Ratings(run.data)
    let rest = ratings.residuals()
    let known = (rest .!= 0).cast(to: .float32)
    let scale = 1.5
    let rows = rest * scale
    _ = rows.storage
    let machine = try RestrictedBoltzmannMachine(
      visible: ratings.people, hidden: 50, units: .gaussian, seed: run.seed)
    let trainer = try RestrictedTrainer(
      machine,
      ContrastiveDivergence(
        learningRate: run.study.learningRate, finalRate: run.study.learningRate / 10, momentum: 0.5,
        weightDecay: 0.02), seed: run.seed)
    try trainer.fit(
      rows, known: known, epochs: run.study.epochs, batchSize: run.study.batchSize, seed: run.seed
    ) { epoch in
      let error = Format.fixed(epoch.reconstructionError ?? .nan, digits: 4)
      run.note("  epoch \(epoch.number)/\(run.study.epochs)  reconstruction error \(error)")
      return true
    }
    let guesses = try machine.reconstructions(rows).floats
    func error(_ answer: (Rating) -> Double) -> Double {
      let squares = ratings.test.reduce(0.0) { sum, one in
        let guess = min(5, max(0.5, answer(one)))
        return sum + (guess - one.value) * (guess - one.value)
      }
      return (squares / Double(ratings.test.count)).squareRoot()
    }
    let errors: [(name: String, value: Double)] = [
      ("mean of all ratings", error { _ in ratings.mean }),
      ("mean of the film", error { ratings.filmMeans[$0.film] }),
      ("film and person", error { ratings.expected($0) }),
      (
        "machine", error { ratings.expected($0) + Double(guesses[$0.film * ratings.people + $0.person]) / scale }
      ),
    ]
    var table = CajalTerminal.Table(["Guess of a held-out rating", "RMSE, stars"])
    for (name, value) in errors {
      table.addRow([.text(name), .number(value, digits: 4, style: name == "machine" ? .bold : .plain)])
      run.keep(name.replacing(" ", with: "_") + "_rmse", value)
    }
    run.show(table)
    try run.picture("errors.png", "errors of the guesses") { path in
      try BarChart(
        title: "Held-out ratings", names: errors.map(\.name), values: errors.map(\.value), valueLabel: "RMSE, stars",
        isHorizontal: true
      ).write(to: path)
    }
  }
}
