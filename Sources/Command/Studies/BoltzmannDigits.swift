import Cajal
import CajalData
import CajalTerminal

extension Study {
  /// MNIST in a restricted machine of 784 x 500 units: CD-1 and persistent chains for the same number of epochs, judged by
  /// annealed importance sampling.
  static let boltzmannDigits = Study(
    name: "rbm-mnist", summary: "digits dreamt by a restricted Boltzmann machine",
    goal: "-130 nats by CD-1, -105 by persistent chains", dataSet: DataSets.mnist, epochs: 20, batchSize: 100,
    learningRate: 0.1
  ) { try BoltzmannDigits($0).perform() }
}

/// One run of the study of digits.
struct BoltzmannDigits {
  let run: StudyRun
  let train: Tensor
  let test: Tensor

  /// Pixels are drawn with their grey value as probability, once and for all, as Salakhutdinov and Murray do.
  init(_ run: StudyRun) throws {
    self.run = run
    let (train, test) = try run.data.inMemory()
    self.train = train.x.asRows.binarized(seed: 1)
    self.test = test.x.asRows.binarized(seed: 2)
    _ = self.train.storage
    _ = self.test.storage
  }

  /// A way of learning and what it came to.
  struct Result {
    var name: String
    var machine: RestrictedBoltzmannMachine
    var seconds: Double
    var partition: PartitionEstimate
    var trainScore: Double
    var testScore: Double
  }

  /// Sweeps that begin at the data want small steps and small weights; chains take large ones at first.
  static func methods(_ study: Study) -> [(name: String, settings: ContrastiveDivergence)] {
    let rate = study.learningRate
    return [
      (
        "CD-1",
        ContrastiveDivergence(learningRate: rate / 5, finalRate: rate / 50, weightDecay: 2e-4, isCentred: true)
      ),
      (
        "PCD",
        ContrastiveDivergence(
          chains: study.batchSize, learningRate: rate, finalRate: rate / 200, isCentred: true)
      ),
    ]
  }

  func perform() throws {
    run.note(
      "\nBinary digits, 784 x 500 units; sweeps that begin at the data (CD-1), then chains that go on (PCD)")
    var results: [Result] = []
    for (name, settings) in Self.methods(run.study) where !Interruption.isRequested {
      results.append(try learn(name, settings))
    }
    var table = CajalTerminal.Table(["Learning", "Seconds", "log Z", "±", "Train, nats", "Test, nats"])
    for result in results {
      let bounds = result.partition.bounds
      table.addRow([
        .text(result.name), .text(Format.fixed(result.seconds, digits: 0)),
        .text(Format.fixed(result.partition.logPartition, digits: 2)),
        .text(Format.fixed((bounds.upperBound - bounds.lowerBound) / 2, digits: 2)),
        .text(Format.fixed(result.trainScore, digits: 2)), .text(Format.fixed(result.testScore, digits: 2)),
      ])
    }
    run.note("\nLog-likelihood of held-out digits, log Z by annealed importance sampling:")
    run.show(table)
    run.note("Salakhutdinov and Murray (2008) report about -125, -105 and -86 for CD-1, CD-3 and CD-25, fully trained.")
    guard let best = results.max(by: { $0.testScore < $1.testScore }) else { return }
    run.note("\nPictures are of the best machine, \(best.name).")
    try draw(best.machine)
  }

  private func learn(_ name: String, _ settings: ContrastiveDivergence) throws -> Result {
    run.note(
      "\n\(name), step size from \(Format.metric(settings.learningRate)) to "
        + "\(Format.metric(settings.finalRate ?? settings.learningRate))")
    let machine = try RestrictedBoltzmannMachine(visible: 784, hidden: 500, seed: run.seed)
    try machine.setVisibleBias(from: train)
    var seconds = 0.0
    try machine.fit(train, epochs: run.study.epochs, batchSize: run.study.batchSize, by: settings, seed: run.seed) {
      epoch in
      seconds = epoch.seconds
      return run.report(epoch)
    }
    let partition = try machine.annealedLogPartition(chains: 100, temperatures: 10_000, base: train, seed: run.seed)
    let result = Result(
      name: name, machine: machine, seconds: seconds, partition: partition,
      trainScore: try machine.logLikelihood(train.first(10_000), logPartition: partition.logPartition),
      testScore: try machine.logLikelihood(test, logPartition: partition.logPartition))
    run.keep("\(name)_test_nats", result.testScore)
    run.keep("\(name)_seconds", seconds)
    run.note("  test log-likelihood \(Format.fixed(result.testScore, digits: 2)) nats")
    return result
  }

  private func draw(_ machine: RestrictedBoltzmannMachine) throws {
    // The filters with most weight: rows of Wᵀ, grey for 0, dark for weights that switch the unit on.
    let filters = machine.weights.tensor.transposed()
    let sizes = filters.squared().sum(axes: [1]).floats
    let strongest = sizes.indices.sorted { sizes[$0] > sizes[$1] }.prefix(100).map { Int32($0) }
    let shown = filters.gathered(Tensor(strongest, shape: [strongest.count]))
    let scaled = 0.5 + 0.5 * shown / shown.absolute().max(axes: [1], keepsDimensions: true)
    try run.grid(
      "filters.png", "weights of the 100 strongest hidden units",
      (0..<(strongest.count / 20)).map { scaled[($0 * 20)..<($0 * 20 + 20)] })

    // Chains that begin at held-out digits, drawn after more and more sweeps.
    let first = test.first(10)
    let sampler = try GibbsSampler(machine, start: first, seed: run.seed)
    var rows = [first]
    for sweeps in [1, 9, 90, 900] {
      let states = try sampler.run(sweeps: sweeps)
      rows.append(try machine.reconstructions(states))
    }
    try run.grid("chains.png", "held-out digits, then their chains after 1, 10, 100 and 1,000 sweeps", rows)

    // The lower half is hidden and filled in.
    let upper = Tensor((0..<784).map { Float($0 < 392 ? 1 : 0) }).reshaped([1, 784]).broadcast(to: [10, 784])
    let filled = try machine.filled(first * upper, known: upper, seed: run.seed)
    try run.grid(
      "reconstructions.png", "held-out digits, their upper halves, and the lower halves filled in",
      [first, first * upper, filled])
  }
}
