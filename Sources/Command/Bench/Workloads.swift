import Cajal
import CajalModels
import Foundation

/// A measured row: `{"workload": …, "unit": …, "value": …, "detail": {…}}`.
struct BenchRow {
  var workload: String
  var unit = "ms"
  var value: Double
  var median: Double?
}

/// The workloads by name; each gives one row or two.
struct Workload {
  let name: String
  let what: String
  let run: @Sendable (Stopwatch) throws -> [BenchRow]

  static let all: [Workload] = [
    Workload(name: "w01", what: "MLP 8-5-5-1, Adam, epoch of 1030 rows in batches of 32", run: concrete),
    Workload(name: "w02", what: "MLP 784-512-512-10, Adam, step of 128") { watch in
      let model = try Model(Networks.perceptron([512, 512, 10], softmax: true), inputShape: [784])
      return [try train("w02", model, .adam(), uniform([128, 784]), labels(10, 128), watch)]
    },
    Workload(name: "w03", what: "course CNN 128x128x3, Adam, step and prediction of 32") { watch in
      let model = try Model(Networks.course(), inputShape: [128, 128, 3])
      let x = uniform([32, 128, 128, 3])
      return [
        try train("w03-train", model, .adam(), x, labels(10, 32), watch), try predict("w03-predict", model, x, watch),
      ]
    },
    Workload(name: "w04", what: "LeNet-5 32x32x1, SGD momentum, step of 128") { watch in
      let model = try Model(Networks.lenet(), inputShape: [32, 32, 1])
      return [try train("w04", model, momentum, uniform([128, 32, 32, 1]), labels(10, 128), watch)]
    },
    Workload(name: "w05", what: "AlexNet 227x227x3, SGD momentum, step of 16") { watch in
      let model = try Model(Networks.alexNet(), inputShape: [227, 227, 3])
      return [try train("w05", model, momentum, uniform([16, 227, 227, 3]), labels(1000, 16), watch)]
    },
    Workload(name: "w06", what: "VGG-16, prediction of 1, step of 4") { watch in
      let model = try Model(VGG16(), inputShape: [224, 224, 3])
      return [
        try predict("w06-infer1", model, uniform([1, 224, 224, 3]), watch),
        try train("w06-train4", model, momentum, uniform([4, 224, 224, 3]), labels(1000, 4), watch),
      ]
    },
    Workload(name: "w07", what: "ResNet-50 without biases, prediction of 1 and 16, step of 8") { watch in
      let model = try Model(ResNet50(useBias: false), inputShape: [224, 224, 3])
      return [
        try predict("w07-infer1", model, uniform([1, 224, 224, 3]), watch),
        try predict("w07-infer16", model, uniform([16, 224, 224, 3]), watch),
        try train("w07-train8", model, momentum, uniform([8, 224, 224, 3]), labels(1000, 8), watch),
      ]
    },
    Workload(name: "w08", what: "MobileNet v1, prediction of 1, step of 8") { watch in
      let model = try Model(Networks.mobileNet(), inputShape: [224, 224, 3])
      return [
        try predict("w08-infer1", model, uniform([1, 224, 224, 3]), watch),
        try train("w08-train8", model, momentum, uniform([8, 224, 224, 3]), labels(1000, 8), watch),
      ]
    },
    Workload(name: "w17", what: "tanh(a x + b) sigmoid(x) + relu(x - 0.5) over 2^24 values", run: formula),
    Workload(name: "w18", what: "matrix product 2048 x 2048", run: product),
  ]

  private static let momentum = SGD(learningRate: 0.01, momentum: 0.9)

  // MARK: - Data

  private static func uniform(_ shape: Shape) -> Tensor {
    var source = RandomSource(seed: 0)
    let values = source.uniform(shape)
    _ = values.storage
    return values
  }

  private static func labels(_ classes: Int, _ count: Int) -> Tensor {
    var state: UInt64 = 1
    let values = (0..<count).map { _ -> Int32 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int32(state >> 33) % Int32(classes)
    }
    return Tensor(values, shape: [count])
  }

  // MARK: - Measures

  private static func train(
    _ name: String, _ model: Model, _ optimizer: any Optimizer, _ x: Tensor, _ y: Tensor, _ watch: Stopwatch
  ) throws -> BenchRow {
    model.compile(optimizer: optimizer, loss: .sparseCategoricalCrossentropy)
    let step = try model.trainingStep(x, y)
    if watch.profiles { print(try step.profile(runs: 20)) }
    let result = try watch.time { try step.run(times: $0) }
    guard let loss = step.logs["loss"], loss.isFinite else {
      throw CajalError(.value, name, expected: "a finite loss", given: "it is \(step.logs["loss"] ?? .nan)")
    }
    return BenchRow(workload: name, value: result.best, median: result.median)
  }

  private static func predict(_ name: String, _ model: Model, _ x: Tensor, _ watch: Stopwatch) throws -> BenchRow {
    if watch.profiles { print(try model.profile(batchSize: x.shape[0], runs: 20)) }
    let result = try watch.time { times in
      for _ in 0..<times { _ = try model.predict(x, batchSize: x.shape[0]) }
    }
    return BenchRow(workload: name, value: result.best, median: result.median)
  }

  private static func concrete(_ watch: Stopwatch) throws -> [BenchRow] {
    let model = try Model(Networks.perceptron([5, 5, 1], softmax: false), inputShape: [8])
    model.compile(optimizer: .adam(), loss: .meanSquaredError)
    var source = RandomSource(seed: 0)
    let x = uniform([1030, 8])
    let y = source.normal([1030, 1])
    _ = y.storage
    let result = try watch.time { try model.fit(x, y, epochs: $0, batchSize: 32, verbose: .silent) }
    return [BenchRow(workload: "w01", value: result.best, median: result.median)]
  }

  private static func formula(_ watch: Stopwatch) throws -> [BenchRow] {
    var source = RandomSource(seed: 0)
    let x = source.normal([1 << 24])
    _ = x.storage
    let result = try watch.time { times in
      for _ in 0..<times {
        let y = (x * 1.5 + 0.25).tanh() * x.sigmoid() + (x - 0.5).relu()
        _ = y.storage
      }
    }
    return [BenchRow(workload: "w17", value: result.best, median: result.median)]
  }

  private static func product(_ watch: Stopwatch) throws -> [BenchRow] {
    let (a, b) = (uniform([2048, 2048]), uniform([2048, 2048]))
    let result = try watch.time { times in for _ in 0..<times { _ = a.matmul(b).storage } }
    return [BenchRow(workload: "w18", value: result.best, median: result.median)]
  }

  /// Four steps of w07 at batch 8, for the peak of memory.
  static func resident() throws {
    let model = try Model(ResNet50(useBias: false), inputShape: [224, 224, 3])
    model.compile(optimizer: momentum, loss: .sparseCategoricalCrossentropy)
    try model.trainingStep(uniform([8, 224, 224, 3]), labels(1000, 8)).run(times: 4)
  }

  /// One batch of w04 in a fresh process.
  static func cold() throws {
    let model = try Model(Networks.lenet(), inputShape: [32, 32, 1])
    model.compile(optimizer: momentum, loss: .sparseCategoricalCrossentropy)
    try model.trainOnBatch(uniform([128, 32, 32, 1]), labels(10, 128))
  }
}
