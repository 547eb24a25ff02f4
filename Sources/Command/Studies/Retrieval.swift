import Cajal
import CajalData
import CajalTerminal

extension Study {
  /// Clothes that look like a given one, found by their codes.
  static let retrieval = Study(
    name: "retrieval", summary: "clothes that look like a given one, found by their codes",
    goal: "a precision at 10 above that of PCA", dataSet: DataSets.fashion, epochs: 5
  ) { run in
    let ((train, labels), (test, truths)) = try run.data.inMemory()
    let network = try Autoencoder(
      inputShape: [28, 28, 1], reconstruction: .binaryCrossentropy, corruption: MaskingNoise(0.3), seed: run.seed
    ) {
      Conv2D(32, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
      Conv2D(64, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
      Flatten()
      Dense(32)
    } decoder: {
      Dense(3136, activation: .relu)
      Reshape([7, 7, 64])
      Conv2DTranspose(32, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
      Conv2DTranspose(1, kernelSize: 3, strides: 2, padding: .same, activation: .sigmoid)
    }
    try run.fit(network, train, name: "Autoencoder of 32")
    try run.save(network)

    let queries = 2000
    let (x, asked) = (train.asRows, test.first(queries).asRows)
    let (classes, others) = (truths.first(queries).scalars(as: Int32.self), labels.scalars(as: Int32.self))
    let pca = try PrincipalComponents(of: x, count: 32, seed: run.seed)
    let coded: [(name: String, size: Int, rows: Tensor, asked: Tensor)] = [
      ("pixels", 784, x, asked), ("PCA of 32", 32, try pca.encode(x), try pca.encode(asked)),
      ("codes of 32", 32, try network.encode(train), try network.encode(test.first(queries))),
    ]
    // By distance, and by the angle between them, whatever their length.
    let views = coded.flatMap { code in
      [
        code,
        (name: code.name + ", by angle", size: code.size, rows: directions(code.rows), asked: directions(code.asked)),
      ]
    }
    var table = CajalTerminal.Table(["Neighbours by", "Numbers of a picture", "Precision at 10, %"])
    var neighbours: [[Int]] = []
    for view in views {
      let found = try Judging.precision(view.asked, classes, among: view.rows, others, at: 10)
      table.addRow([
        .text(view.name), .integer(view.size),
        .number(100 * found.precision, digits: 2, style: view.name.hasPrefix("codes") ? .bold : .plain),
      ])
      run.keep(
        view.name.replacingOccurrences(of: " ", with: "_").replacingOccurrences(of: ",", with: ""), found.precision)
      neighbours = found.neighbours
    }
    run.show(table)
    run.note("\n\(Format.count(queries)) held-out pictures, searched for among \(Format.count(train.shape[0])).")
    let rows = (0..<8).map { query in
      Tensor.concatenate(
        [test.slice(axis: 0, query..<query + 1)] + neighbours[query].map { train.slice(axis: 0, $0..<$0 + 1) })
    }
    try run.grid("neighbours.png", "pictures asked about, each with the ten nearest by code", rows)
  }

  private static func directions(_ rows: Tensor) -> Tensor {
    let directions = rows / (rows.squared().sum(axes: [1], keepsDimensions: true) + 1e-12).sqrt()
    _ = directions.storage  // once, not for every query
    return directions
  }
}
