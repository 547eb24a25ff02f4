import Cajal
import CajalData

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
    ) { run.report($0) }
    let guesses = try machine.reconstructions(rows).floats
    try ratings.judge("machine", in: run) { Double(guesses[$0.film * ratings.people + $0.person]) / scale }
  }
}
