import Cajal
import CajalData
import CajalTerminal

extension Study {
  /// Digits as 32 numbers, against the best linear code of that size.
  static let reduction = Study(
    name: "reduction", summary: "digits as 32 numbers, against principal components",
    goal: "a squared error 30 % below that of PCA", dataSet: DataSets.mnist, epochs: 8
  ) { run in
    let ((train, labels), (test, truths)) = try run.data.inMemory()
    let (x, held) = (train.asRows, test.asRows)
    let pca = try PrincipalComponents(of: x, count: 32, seed: run.seed)
    let network = try digitCoder(32, seed: run.seed)
    try run.fit(network, x, name: "Autoencoder of 32")
    try run.save(network)

    let errors = (
      Judging.meanSquaredError(held, try pca.reconstruct(held)),
      Judging.meanSquaredError(held, try network.reconstruct(held))
    )
    let accuracies = (
      try Judging.accuracy(pca.encode(x), labels, pca.encode(held), truths, epochs: 5, seed: run.seed),
      try Judging.accuracy(network.encode(x), labels, network.encode(held), truths, epochs: 5, seed: run.seed)
    )
    var table = CajalTerminal.Table(["Held-out digits, 32 numbers each", "PCA", "Autoencoder"])
    table.addRow([
      .text("squared error of a pixel"), .number(errors.0, digits: 5), .number(errors.1, digits: 5, style: .bold),
    ])
    table.addRow([
      .text("below PCA's, %"), .empty, .number(100 * (1 - errors.1 / errors.0), digits: 1, style: .bold),
    ])
    table.addRow([
      .text("logistic regression on the code, %"), .number(100 * accuracies.0, digits: 2),
      .number(100 * accuracies.1, digits: 2),
    ])
    run.show(table)
    for (name, value) in [
      ("pca_error", errors.0), ("autoencoder_error", errors.1), ("below_pca_percent", 100 * (1 - errors.1 / errors.0)),
      ("pca_accuracy", accuracies.0), ("autoencoder_accuracy", accuracies.1),
    ] { run.keep(name, value) }

    let shown = held.first(12)
    try run.grid(
      "reconstructions.png", "digits, from 32 principal components, from 32 codes",
      [shown, pca.reconstruct(shown), network.reconstruct(shown)])
    guard !Interruption.isRequested else { return }
    let plane = try digitCoder(2, seed: run.seed)
    try run.fit(plane, x, name: "Autoencoder of 2", epochs: max(1, run.study.epochs / 2))
    let flat = try PrincipalComponents(of: x, count: 2, seed: run.seed)
    try scatter(
      run, "plane.png", "held-out digits as two numbers, by PCA and by the network",
      [("Two principal components", flat.encode(held)), ("Two codes", plane.encode(held))], truths)
  }

  /// Five layers of digits down and up again.
  static func digitCoder(_ units: Int, seed: Int) throws -> Autoencoder {
    try Autoencoder(inputShape: [784], seed: seed) {
      Dense(512, activation: .relu)
      Dense(256, activation: .relu)
      Dense(units)
    } decoder: {
      Dense(256, activation: .relu)
      Dense(512, activation: .relu)
      Dense(784, activation: .sigmoid)
    }
  }
}
