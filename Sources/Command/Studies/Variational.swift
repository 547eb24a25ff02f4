import Cajal
import CajalData
import CajalFigures
import CajalTerminal

extension Study {
  /// A variational autoencoder of binarized digits: its likelihood, and digits that nobody wrote.
  static let vae = Study(
    name: "vae", summary: "digits drawn from a code of 20 numbers, by a variational autoencoder",
    goal: "an evidence lower bound of -106 nats", dataSet: DataSets.mnist, epochs: 20
  ) { run in
    let ((train, _), (test, labels)) = try run.data.inMemory()
    let grey = train.asRows
    let bits = test.asRows.binarized(seed: 1000 + run.seed)
    _ = bits.storage
    // The training digits are drawn anew each epoch: a pixel is white with its grey value as probability.
    let source = try Dataset(inputs: grey).map { sample in
      let pixels = sample.floats()
      for index in pixels.indices { pixels[index] = sample.random.unit() < pixels[index] ? 1 : 0 }
    }.shuffle().prefetch()
    let network = try Autoencoder.variational([784], hidden: [512], latent: 20, seed: run.seed)
    network.compile(optimizer: run.optimizer(samples: grey.shape[0], epochs: run.study.epochs))
    _ = try run.watched("Variational autoencoder", "loss of each epoch") { callbacks, verbose in
      try network.fit(
        source, epochs: run.study.epochs, batchSize: run.study.batchSize, callbacks: callbacks, verbose: verbose)
    }
    try run.save(network)

    let bound = try network.evidenceLowerBound(bits, draws: 10, batchSize: 500, seed: run.seed).mean().item
    let some = bits.first(1000)
    let own = try network.evidenceLowerBound(some, draws: 10, batchSize: 500, seed: run.seed).mean().item
    let likelihood = try network.logLikelihood(some, draws: 500, batchSize: 50, seed: run.seed).mean().item
    // Pixels that know nothing of one another.
    let rate = grey.mean(axes: [0]).clipped(1e-4, 1 - 1e-4)
    let alone = (bits * rate.log() + (1 - bits) * (1 - rate).log()).sum(axes: [1]).mean().item
    var table = CajalTerminal.Table(["Held-out digits, nats each", "Value"])
    table.addRow([.text("independent pixels, ln p(x)"), .number(alone, digits: 1)])
    table.addRow([.text("evidence lower bound, all digits", style: .bold), .number(bound, digits: 2, style: .bold)])
    table.addRow([.text("evidence lower bound, first 1,000"), .number(own, digits: 2)])
    table.addRow([.text("ln p(x) by 500 importance-weighted draws, first 1,000"), .number(likelihood, digits: 2)])
    run.show(table)
    for (name, value) in [
      ("independent", alone), ("bound", bound), ("bound_1000", own), ("importance_weighted_1000", likelihood),
    ] { run.keep(name, value) }

    try pictures(run, network, bits, labels)
  }

  private static func pictures(_ run: StudyRun, _ network: Autoencoder, _ bits: Tensor, _ labels: Tensor) throws {
    let samples = try network.samples(64, seed: run.seed)
    try run.grid("samples.png", "digits that nobody wrote", (0..<8).map { samples.slice(axis: 0, $0 * 8..<$0 * 8 + 8) })
    let shown = bits.first(12)
    try run.grid("reconstructions.png", "digits above what the code keeps", [shown, network.reconstruct(shown)])

    // From each digit to another one.
    let codes = try network.encode(bits.first(200))
    let classes = labels.first(200).scalars(as: Int32.self)
    let one = (0..<10).compactMap { digit in classes.firstIndex(of: Int32(digit)) }
    let paths = try zip(one, one.dropFirst()).prefix(6).map { first, last in
      try network.interpolate(
        codes.slice(axis: 0, first..<first + 1), codes.slice(axis: 0, last..<last + 1), count: 10)
    }
    try run.grid("interpolation.png", "from one digit to the next, along a line between codes", paths)

    // One unit at a time from -3 to 3, those that vary most among the codes first.
    let spread = try network.encode(bits.first(2000)).variance(axes: [0]).floats
    let units = spread.indices.sorted { spread[$0] > spread[$1] }.prefix(8)
    let centre = codes.slice(axis: 0, 0..<1)
    let rows = try units.map { unit in
      let mark = (Tensor.range(20).reshaped([1, 20]) .== Tensor(Float(unit))).cast(to: .float32)
      let places = Tensor.linspace(-3, 3, count: 11).reshaped([11, 1])
      return try network.decode(centre * (1 - mark) + places * mark)
    }
    try run.grid("traversal.png", "one unit of the code at a time, from -3 to 3", Array(rows))
    try scatter(
      run, "latent.png", "codes of held-out digits by class", [("Codes, two main directions", network.encode(bits))],
      labels)
  }

  /// Codes in a plane, by class: codes of two numbers as they are, others by their two main directions.
  static func scatter(
    _ run: StudyRun, _ name: String, _ meaning: String, _ views: [(title: String, codes: Tensor)], _ labels: Tensor
  ) throws {
    let shown = 3000
    let classes = labels.first(shown).scalars(as: Int32.self)
    let names = run.data.classNames ?? []
    try run.picture(name, meaning) { path in
      let charts = try views.map { title, codes -> ScatterChart in
        let plane = codes.shape[1] == 2 ? codes : try PrincipalComponents(of: codes, count: 2).encode(codes)
        let places = plane.first(shown).floats
        let series = names.indices.map { label in
          let members = classes.indices.filter { classes[$0] == Int32(label) }
          return Series(
            names[label], x: members.map { Double(places[$0 * 2]) }, y: members.map { Double(places[$0 * 2 + 1]) })
        }
        return ScatterChart(title: title, series: series)
      }
      if charts.count == 1 { try charts[0].write(to: path) } else { try Panels(charts).write(to: path) }
    }
  }
}
