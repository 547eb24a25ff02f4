import Cajal
import CajalData
import CajalFigures
import CajalTerminal

extension Study {
  /// Ratings that people would give to films, guessed from those that they and others gave.
  static let recommendation = Study(
    name: "recommendation", summary: "ratings of films, guessed from those that were given",
    goal: "an error below that of each film's mean", dataSet: DataSets.movieLens, epochs: 60, batchSize: 64,
    learningRate: 1e-3
  ) { run in
    let ratings = try Ratings(run.data)
    // A row for each film: how far each rating lies from what film and person would say; 0 where there is none.
    let rows = ratings.residuals()
    let network = try Autoencoder(
      inputShape: [ratings.people], reconstruction: .observed, corruption: MaskingNoise(0.5), seed: run.seed
    ) {
      Dense(64, activation: .tanh, kernelRegularizer: .l2(0.01))
    } decoder: {
      Dense(ratings.people, kernelRegularizer: .l2(0.01))
    }
    try run.fit(network, rows, name: "Autoencoder of 64")
    try run.save(network)

    let guesses = try network.reconstruct(rows).floats
    try ratings.judge("autoencoder", in: run) { Double(guesses[$0.film * ratings.people + $0.person]) }
    suggest(run, ratings, guesses)
  }

  /// Films for the first person: of those not rated that at least 20 others have, the highest guesses.
  private static func suggest(_ run: StudyRun, _ ratings: Ratings, _ guesses: [Float]) {
    let titles = run.data.classNames ?? []
    let seen = Set(ratings.train.filter { $0.person == 0 }.map(\.film))
    let best = titles.indices.filter { !seen.contains($0) && ratings.counts[$0] >= 20 }
      .map { film -> (film: Int, guess: Double) in
        let one = Rating(person: 0, film: film, value: 0)
        return (film, ratings.expected(one) + Double(guesses[film * ratings.people]))
      }
      .sorted { $0.guess > $1.guess }.prefix(5)
    run.note("\nFor the first person:")
    for (film, guess) in best { run.note("  \(Format.fixed(min(5, guess), digits: 1))  \(titles[film])") }
  }
}

/// One person's rating of a film.
struct Rating {
  var person: Int
  var film: Int
  var value: Double
}

/// Ratings with what films and people say on the average.
struct Ratings {
  let train: [Rating]
  let test: [Rating]
  let people: Int
  let films: Int
  /// Of all ratings.
  let mean: Double
  /// Of each film's ratings; of all where it has none.
  let filmMeans: [Double]
  /// Ratings of each film.
  let counts: [Int]
  /// How far each film and person lies from the mean, drawn to 0 where there are few ratings.
  private let filmOffsets: [Double]
  private let personOffsets: [Double]

  init(_ data: DataSplit) throws {
    func list(_ part: Dataset) throws -> [Rating] {
      let tensors = try part.tensors()
      let places = tensors.inputs[0].scalars(as: Int32.self)
      return tensors.targets[0].floats.enumerated().map { row, value in
        Rating(person: Int(places[2 * row]), film: Int(places[2 * row + 1]), value: Double(value))
      }
    }
    let train = try list(data.train)
    let test = try list(data.test)
    let people = ((train + test).map(\.person).max() ?? 0) + 1
    let films = ((train + test).map(\.film).max() ?? 0) + 1
    let mean = train.reduce(0) { $0 + $1.value } / Double(max(1, train.count))
    var counts = [Int](repeating: 0, count: films)
    var sums = [Double](repeating: 0, count: films)
    for one in train {
      counts[one.film] += 1
      sums[one.film] += one.value
    }
    filmMeans = zip(sums, counts).map { $1 > 0 ? $0 / Double($1) : mean }
    var (filmOffsets, personOffsets) = ([Double](repeating: 0, count: films), [Double](repeating: 0, count: people))
    for _ in 0..<10 {
      filmOffsets = Self.offsets(train, films, \.film) { $0.value - mean - personOffsets[$0.person] }
      personOffsets = Self.offsets(train, people, \.person) { $0.value - mean - filmOffsets[$0.film] }
    }
    (self.train, self.test, self.people, self.films, self.mean) = (train, test, people, films, mean)
    (self.counts, self.filmOffsets, self.personOffsets) = (counts, filmOffsets, personOffsets)
  }

  /// Means of what is left, as if five ratings of 0 had come before.
  private static func offsets(
    _ ratings: [Rating], _ count: Int, _ place: KeyPath<Rating, Int>, _ rest: (Rating) -> Double
  ) -> [Double] {
    var sums = [Double](repeating: 0, count: count)
    var counts = [Double](repeating: 5, count: count)
    for one in ratings {
      sums[one[keyPath: place]] += rest(one)
      counts[one[keyPath: place]] += 1
    }
    return zip(sums, counts).map { $0 / $1 }
  }

  /// What film and person say of a rating.
  func expected(_ one: Rating) -> Double { mean + filmOffsets[one.film] + personOffsets[one.person] }

  /// Shows how far guesses of held-out ratings are off, beside those of means.
  ///
  /// - Parameter rest: What someone adds to what film and person say.
  func judge(_ name: String, in run: StudyRun, rest: (Rating) -> Double) throws {
    func error(_ answer: (Rating) -> Double) -> Double {
      let squares = test.reduce(0.0) { sum, one in
        let guess = min(5, max(0.5, answer(one)))
        return sum + (guess - one.value) * (guess - one.value)
      }
      return (squares / Double(max(1, test.count))).squareRoot()
    }
    let errors: [(name: String, value: Double)] = [
      ("mean of all ratings", error { _ in mean }), ("mean of the film", error { filmMeans[$0.film] }),
      ("film and person", error(expected)), (name, error { expected($0) + rest($0) }),
    ]
    var table = CajalTerminal.Table(["Guess of a held-out rating", "RMSE, stars"])
    for (other, value) in errors {
      table.addRow([.text(other), .number(value, digits: 4, style: other == name ? .bold : .plain)])
      run.keep(other.replacing(" ", with: "_") + "_rmse", value)
    }
    run.show(table)
    run.note("\n\(Format.count(train.count)) ratings to learn from, \(Format.count(test.count)) held out.")
    try run.picture("errors.png", "errors of the guesses") { path in
      try BarChart(
        title: "Held-out ratings", names: errors.map(\.name), values: errors.map(\.value), valueLabel: "RMSE, stars",
        isHorizontal: true
      ).write(to: path)
    }
  }

  /// [films, people]; 0 is missing, and a rating just as expected is moved a little off it.
  func residuals() -> Tensor {
    var values = [Float](repeating: 0, count: films * people)
    for one in train {
      let rest = Float(one.value - expected(one))
      values[one.film * people + one.person] = rest == 0 ? 1e-6 : rest
    }
    return Tensor(values, shape: [films, people])
  }
}
