import Cajal
import CajalData
import CajalTerminal

extension Study {
  /// A deep belief network that is trained without labels, then fine-tuned with a few of them, against the same network from
  /// random weights.
  static let beliefDigits = Study(
    name: "dbn-mnist", summary: "digits recognized from 1,000 labels after learning without any",
    goal: "fewer errors than from random weights", dataSet: DataSets.mnist, epochs: 10, batchSize: 100,
    learningRate: 0.1
  ) { run in
    let (train, test) = try run.data.inMemory()
    let x = train.x.asRows
    let network = try DeepBeliefNetwork(visible: 784, hidden: [500, 500], seed: run.seed)
    let binary = x.binarized(seed: 1)
    _ = binary.storage
    // Chains that go on: what the network draws later comes from chains as well.
    let settings = ContrastiveDivergence(
      chains: run.study.batchSize, learningRate: run.study.learningRate, finalRate: run.study.learningRate / 200,
      isCentred: true)
    run.note("\nWithout labels")
    try network.pretrain(
      binary, epochs: run.study.epochs, batchSize: run.study.batchSize, by: settings, seed: run.seed
    ) { run.report($1, layer: $0) }
    func accuracy(_ model: Model, _ labels: Int) throws -> Double {
      let epochs = labels < 5000 ? 30 : 6
      let steps = epochs * (labels / 100)
      model.compile(
        optimizer: Adam().following(CosineDecay(initialRate: 1e-3, decaySteps: steps, alpha: 0.05)),
        loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
      try model.fit(x.first(labels), train.labels.first(labels), epochs: epochs, batchSize: 100, verbose: .silent)
      return try model.evaluate(test.x.asRows, test.labels, batchSize: 500)["accuracy"] ?? .nan
    }
    var table = CajalTerminal.Table(["Labels", "From random weights", "From the belief network"])
    for labels in [1000, 60_000] {
      // Random weights of the size that Glorot and Bengio give them.
      let random = try Model(
        Sequential {
          Dense(500, activation: .sigmoid)
          Dense(500, activation: .sigmoid)
          Dense(10, activation: .softmax)
        }, inputShape: [784], seed: run.seed)
      let scores = (try accuracy(random, labels), try accuracy(try network.classifier(classes: 10), labels))
      table.addRow([.integer(labels), .text(Format.percent(scores.0)), .text(Format.percent(scores.1))])
      run.keep("random_\(labels)", scores.0)
      run.keep("belief_\(labels)", scores.1)
      if Interruption.isRequested { break }
    }
    run.show(table)
    let dreams = try network.samples(40, sweeps: 500, seed: run.seed)
    try run.grid("dreams.png", "drawn from the network", (0..<4).map { dreams[($0 * 10)..<($0 * 10 + 10)] })
  }

  /// A deep Boltzmann machine, judged by the bound on its log-likelihood.
  static let deepDigits = Study(
    name: "dbm-mnist", summary: "digits dreamt by a deep Boltzmann machine",
    goal: "a bound above -100 nats", dataSet: DataSets.mnist, epochs: 10, batchSize: 100, learningRate: 0.005
  ) { run in
    let (train, test) = try run.data.inMemory()
    let (x, held) = (train.x.asRows.binarized(seed: 1), test.x.asRows.binarized(seed: 2))
    _ = x.storage
    _ = held.storage
    let machine = try DeepBoltzmannMachine(visible: 784, hidden: [500, 500], seed: run.seed)
    run.note("\nLayer by layer")
    let settings = ContrastiveDivergence(learningRate: 0.05, finalRate: 0.005, momentum: 0.5)
    let epochs = max(1, run.study.epochs / 2)
    try machine.pretrain(x, epochs: epochs, batchSize: run.study.batchSize, by: settings, seed: run.seed) {
      run.report($1, of: epochs, layer: $0)
    }
    func bound() throws -> (value: Double, width: Double) {
      let partition = try machine.bipartite().annealedLogPartition(chains: 100, temperatures: 5000, seed: run.seed)
      let value = try machine.lowerBound(held, logPartition: partition.logPartition)
      return (value, partition.bounds.upperBound - partition.logPartition)
    }
    let before = try bound()
    run.note("  bound on held-out digits \(Format.fixed(before.value, digits: 2)) nats")
    run.note("\nAll layers at once")
    try machine.fit(
      x, epochs: run.study.epochs, batchSize: run.study.batchSize,
      by: DeepBoltzmannMachine.Learning(
        steps: 2, meanFieldRounds: 5, learningRate: run.study.learningRate, finalRate: run.study.learningRate / 20),
      seed: run.seed
    ) { epoch, score in
      run.note("  epoch \(epoch)/\(run.study.epochs)  bound + log Z \(Format.fixed(score, digits: 1))")
      return true
    }
    let after = try bound()
    var table = CajalTerminal.Table([
      "Deep Boltzmann machine", "Bound on held-out digits, nats", "three deviations of log Z",
    ])
    for (name, value) in [("layer by layer", before), ("all layers at once", after)] {
      table.addRow([.text(name), .number(value.value, digits: 2), .number(value.width, digits: 2)])
    }
    run.show(table)
    run.keep("bound_before", before.value)
    run.keep("bound_after", after.value)
    let dreams = try machine.samples(40, sweeps: 1000, seed: run.seed)
    try run.grid("dreams.png", "drawn from the machine", (0..<4).map { dreams[($0 * 10)..<($0 * 10 + 10)] })
  }
}
