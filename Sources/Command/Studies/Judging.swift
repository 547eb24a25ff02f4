// How codes and reconstructions are judged.
import Cajal
import CajalData
import Foundation

enum Judging {
  /// The peak signal-to-noise ratio in decibels of values in 0 … 1 from their mean squared error: 10 lg(1 / e).
  static func psnr(_ meanSquaredError: Double) -> Double { -10 * log10(max(meanSquaredError, 1e-12)) }

  static func meanSquaredError(_ a: Tensor, _ b: Tensor) -> Double { (a.asRows - b.asRows).squared().mean().item }

  /// Accuracy on held-out samples of a logistic regression on features, brought to mean 0 and deviation 1 before.
  static func accuracy(
    _ train: Tensor, _ labels: Tensor, _ test: Tensor, _ truths: Tensor, epochs: Int, seed: Int, classes: Int = 10
  ) throws -> Double {
    let mean = train.mean(axes: [0])
    let deviation = (train.variance(axes: [0]) + 1e-4).sqrt()
    let model = try Model(Dense(classes, activation: .softmax), inputShape: [train.shape[1]], seed: seed)
    let batch = min(128, max(8, train.shape[0] / 10))
    let steps = epochs * ((train.shape[0] + batch - 1) / batch)
    model.compile(
      optimizer: Adam().following(CosineDecay(initialRate: 5e-3, decaySteps: steps, alpha: 0.02)),
      loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    try model.fit((train - mean) / deviation, labels, epochs: epochs, batchSize: batch, verbose: .silent)
    return try model.evaluate((test - mean) / deviation, truths, batchSize: 500)["accuracy"] ?? .nan
  }

  /// The share of the nearest neighbours that are of the query's class, by the angle between rows or by distance.
  static func precision(
    _ queries: Tensor, _ classes: [Int32], among rows: Tensor, _ others: [Int32], at count: Int
  ) throws -> (precision: Double, neighbours: [[Int]]) {
    // -|q - r|² up to what is the same for all r.
    let lengths = rows.squared().sum(axes: [1])
    _ = lengths.storage
    var found: [[Int]] = []
    for start in stride(from: 0, to: queries.shape[0], by: 250) {
      let part = queries.slice(axis: 0, start..<min(start + 250, queries.shape[0]))
      let near = (2 * part.matmul(rows, transposeOther: true) - lengths).topK(count).indices
      let places = near.scalars(as: Int32.self)
      for query in 0..<part.shape[0] { found.append((0..<count).map { Int(places[query * count + $0]) }) }
    }
    let hits = zip(found, classes).reduce(0) { sum, query in sum + query.0.count { others[$0] == query.1 } }
    return (Double(hits) / Double(found.count * count), found)
  }
}
