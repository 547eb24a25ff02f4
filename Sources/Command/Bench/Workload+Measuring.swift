import Cajal
import CajalModels
import Foundation

/// A measured row: `{"workload": …, "unit": …, "value": …, "detail": {…}}`.
struct BenchRow {
  var workload: String
  var result: Stopwatch.Result
  /// Programs compiled on the way.
  var compilations: Int
  var compileSeconds: Double
  /// One fork and join right after the samples.
  var forkSeconds: Double
}

extension Workload {
  /// Times some of the measures; a profile of each is shown before if the watch wants it.
  func run(_ measures: [Measure], _ watch: Stopwatch) throws -> [BenchRow] {
    // One model for all of them, made when it is needed.
    var made: Model?
    return try measures.map { measure in
      let before = Compilations.ofThisProcess
      let result: Stopwatch.Result
      if let step {
        let bound = try step()
        if watch.profiles { print(try bound.step.profile(bound.inputs, runs: 20)) }
        result = try measure.time?(watch) ?? bound.time(watch, name: measure.name)
      } else if let time = measure.time, !watch.profiles {
        result = try time(watch)
      } else {
        let model = try made ?? self.model(true)
        made = model
        result = try self.time(measure, model, watch)
      }
      let after = Compilations.ofThisProcess
      return BenchRow(
        workload: measure.name, result: result, compilations: after.count - before.count,
        compileSeconds: after.seconds - before.seconds, forkSeconds: try MachineLimits.forkSecondsNow())
    }
  }

  private func time(_ measure: Measure, _ model: Model, _ watch: Stopwatch) throws -> Stopwatch.Result {
    let inputs = Samples.inputs(model, batch: measure.batch, samples)
    if measure.isTraining {
      let step = try model.trainingStep(inputs, Samples.targets(model, batch: measure.batch, samples))
      if watch.profiles { print(try step.profile(runs: 20)) }
      if let time = measure.time { return try time(watch) }
      let result = try watch.time { try step.run(times: $0) }
      guard let loss = step.logs["loss"], loss.isFinite else {
        throw CajalError(
          .value, measure.name, expected: "a finite loss", given: "it is \(step.logs["loss"] ?? .nan)")
      }
      return result
    }
    if watch.profiles { print(try model.profile(batchSize: measure.batch, runs: 20)) }
    if let time = measure.time { return try time(watch) }
    return try watch.time { times in
      for _ in 0..<times { _ = try model.predict(inputs[0], batchSize: measure.batch) }
    }
  }

  // MARK: - Measures of their own

  static let concreteEpoch: @Sendable (Stopwatch) throws -> Stopwatch.Result = { watch in
    let model = try Model(Networks.perceptron([5, 5, 1], softmax: false), inputShape: [8])
    model.compile(optimizer: .adam(), loss: .meanSquaredError)
    var source = RandomSource(seed: 0)
    let x = Samples.uniform([1030, 8])
    let y = source.normal([1030, 1])
    _ = y.storage
    return try watch.time { try model.fit(x, y, epochs: $0, batchSize: 32, verbose: .silent) }
  }

  static let formulaTime: @Sendable (Stopwatch) throws -> Stopwatch.Result = { watch in
    var source = RandomSource(seed: 0)
    let x = source.normal([1 << 24])
    _ = x.storage
    return try watch.time { times in for _ in 0..<times { _ = formula(x).storage } }
  }

  static let productTime: @Sendable (Stopwatch) throws -> Stopwatch.Result = { watch in
    let (a, b) = (Samples.uniform([2048, 2048]), Samples.uniform([2048, 2048]))
    return try watch.time { times in for _ in 0..<times { _ = a.matmul(b).storage } }
  }

  /// Four steps of w07 at batch 8, for the peak of memory.
  static func resident() throws {
    guard let (workload, measures) = named("w07-train8") else { return }
    let model = try workload.model(true)
    let batch = measures[0].batch
    try model.trainingStep(Samples.inputs(model, batch: batch), Samples.targets(model, batch: batch)).run(times: 4)
  }

  /// One batch of w04 in a fresh process.
  static func cold() throws {
    let model = try Model(Networks.lenet(), inputShape: [32, 32, 1])
    model.compile(optimizer: SGD(learningRate: 0.01, momentum: 0.9), loss: .sparseCategoricalCrossentropy)
    try model.trainOnBatch(Samples.uniform([128, 32, 32, 1]), Samples.labels(10, [128]))
  }
}
