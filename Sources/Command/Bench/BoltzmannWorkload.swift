import Cajal

/// w16: a restricted Boltzmann machine by CD-1.
enum BoltzmannWorkload {
  private static func trainer() throws -> RestrictedTrainer {
    var settings = ContrastiveDivergence(learningRate: 0.01)
    settings.isMonitored = false
    return try RestrictedTrainer(RestrictedBoltzmannMachine(visible: 784, hidden: 500), settings)
  }

  /// 0 and 1, as often.
  private static func rows(_ count: Int) -> Tensor {
    let rows = Samples.uniform([count, 784]).binarized()
    _ = rows.storage
    return rows
  }

  static let step: @Sendable () throws -> BoundStep = { BoundStep(step: try trainer().step, inputs: [rows(100)]) }

  /// Whole epochs, the feeding of the data and the look at its values included.
  static let epoch: @Sendable (Stopwatch) throws -> Stopwatch.Result = { watch in
    let (trainer, rows) = (try trainer(), rows(10_000))
    return try watch.time { try trainer.fit(rows, epochs: $0, batchSize: 100, shuffles: false) }
  }
}
