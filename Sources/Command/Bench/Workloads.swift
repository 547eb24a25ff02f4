import Cajal
import CajalModels

/// A workload of the benchmark: something to compile, and what is measured of it.
struct Workload: Sendable {
  let name: String
  let what: String
  /// The model, with values or with names and shapes alone; compiled where a measure trains it.
  let model: @Sendable (_ hasValues: Bool) throws -> Model
  /// What it is fed with.
  var samples = Samples.Form()
  let measures: [Measure]
  /// A step of one's own, where a workload trains more than one model: what is timed, profiled and listed.
  var step: (@Sendable () throws -> BoundStep)?

  /// One row of the benchmark: `w03-train`.
  struct Measure: Sendable {
    let name: String
    var isTraining = false
    let batch: Int
    /// How it is timed, where it is no step and no prediction.
    var time: (@Sendable (Stopwatch) throws -> Stopwatch.Result)?
  }

  /// A measure with batches of another size: `w02@64`.
  func resized(_ measure: Measure, _ batch: Int?) throws -> Measure {
    guard let batch else { return measure }
    guard measure.time == nil, step == nil else {
      throw CajalError(
        .argument, "bench", expected: "a step or a prediction of one model for --batch",
        given: "\(measure.name) is timed as a whole", advice: "Leave --batch out.")
    }
    return Measure(name: "\(measure.name)@\(batch)", isTraining: measure.isTraining, batch: batch)
  }

  static let all: [Workload] = [
    network(
      "w01", "MLP 8-5-5-1, Adam, epoch of 1030 rows in batches of 32", [8], .adam(), .meanSquaredError,
      [Measure(name: "w01", isTraining: true, batch: 32, time: concreteEpoch)]
    ) { Networks.perceptron([5, 5, 1], softmax: false) },
    network(
      "w02", "MLP 784-512-512-10, Adam, step of 128", [784], .adam(), labels,
      [Measure(name: "w02", isTraining: true, batch: 128)]
    ) { Networks.perceptron([512, 512, 10], softmax: true) },
    network(
      "w03", "course CNN 128x128x3, Adam, step and prediction of 32", [128, 128, 3], .adam(), labels,
      [Measure(name: "w03-train", isTraining: true, batch: 32), Measure(name: "w03-predict", batch: 32)]
    ) { Networks.course() },
    network(
      "w04", "LeNet-5 32x32x1, SGD momentum, step of 128", [32, 32, 1], momentum, labels,
      [Measure(name: "w04", isTraining: true, batch: 128)]
    ) { Networks.lenet() },
    network(
      "w05", "AlexNet 227x227x3, SGD momentum, step of 16", [227, 227, 3], momentum, labels,
      [Measure(name: "w05", isTraining: true, batch: 16)]
    ) { Networks.alexNet() },
    network(
      "w06", "VGG-16, prediction of 1, step of 4", [224, 224, 3], momentum, labels,
      [Measure(name: "w06-infer1", batch: 1), Measure(name: "w06-train4", isTraining: true, batch: 4)]
    ) { VGG16() },
    network(
      "w07", "ResNet-50 without biases, prediction of 1 and 16, step of 8", [224, 224, 3], momentum, labels,
      [
        Measure(name: "w07-infer1", batch: 1), Measure(name: "w07-infer16", batch: 16),
        Measure(name: "w07-train8", isTraining: true, batch: 8),
      ]
    ) { ResNet50(useBias: false) },
    network(
      "w08", "MobileNet v1, prediction of 1, step of 8", [224, 224, 3], momentum, labels,
      [Measure(name: "w08-infer1", batch: 1), Measure(name: "w08-train8", isTraining: true, batch: 8)]
    ) { Networks.mobileNet() },
    recurrent("w09", "LSTM") { LSTM(256, returnSequences: $0) },
    recurrent("w09g", "GRU") { GRU(256, returnSequences: $0) },
    recurrent("w09r", "SimpleRNN") { SimpleRNN(256, returnSequences: $0) },
    network(
      "w10", "Embedding(20000, 128), BiLSTM 64 x2, T=200, Adam, step of 32", TensorType([200], .int32), .adam(),
      BinaryCrossentropy(), [Measure(name: "w10", isTraining: true, batch: 32)],
      Samples.Form(inputs: .below(20_000), targets: .below(2))
    ) { Networks.words() },
    network(
      "w11", "characters: Embedding(96, 128), LSTM 512 x2, T=100, Adam, step of 50", TensorType([100], .int32), .adam(),
      labels, [Measure(name: "w11", isTraining: true, batch: 50)], Samples.Form(inputs: .below(96))
    ) { Networks.characters() },
    network(
      "w12", "convolutional autoencoder 28x28x1, Adam, step of 128", [28, 28, 1], .adam(), .binaryCrossentropy,
      [Measure(name: "w12", isTraining: true, batch: 128)]
    ) { Networks.convolutionalAutoencoder() },
    network(
      "w13", "VAE 784-512-20-512-784, Adam, step of 128", [784], .adam(), .bernoulliLikelihood,
      [Measure(name: "w13", isTraining: true, batch: 128)]
    ) { Networks.variationalAutoencoder() },
    Workload(
      name: "w14", what: "DCGAN 28x28x1, Adam, a step of the discriminator and one of the generator, 64 each",
      model: { _ in try Model.outline(AdversarialWorkload.generator, inputs: [TensorType([100], .float32)]) },
      measures: [Measure(name: "w14", isTraining: true, batch: AdversarialWorkload.batch)],
      step: AdversarialWorkload.step),
    network(
      "w15", "U-Net 128x128x3, Adam, step of 4", [128, 128, 3], .adam(), labels,
      [Measure(name: "w15", isTraining: true, batch: 4)]
    ) { Networks.Segmentation() },
    Workload(
      name: "w16", what: "restricted Boltzmann machine 784x500, CD-1, epoch of 10,000 rows in batches of 100",
      model: { _ in try Model.outline(Dense(500, activation: .sigmoid), inputs: [TensorType([784], .float32)]) },
      measures: [Measure(name: "w16", isTraining: true, batch: 100, time: BoltzmannWorkload.epoch)],
      step: BoltzmannWorkload.step),
    Workload(
      name: "w17", what: "tanh(a x + b) sigmoid(x) + relu(x - 0.5) over 2^24 values",
      model: { _ in try Model(inputs: [TensorType([], .float32)]) { [formula($0[0])] } },
      measures: [Measure(name: "w17", batch: 1 << 24, time: formulaTime)]),
    Workload(
      name: "w18", what: "matrix product 2048 x 2048",
      model: { _ in
        try Model(inputs: [TensorType([2048, 2048], .float32), TensorType([2048, 2048], .float32)]) {
          [$0[0].matmul($0[1])]
        }
      }, measures: [Measure(name: "w18", batch: 1, time: productTime)]),
  ]

  /// The workloads that a name asks for, each with the measures meant: all of `w03`, or `w03-train` alone.
  static func named(_ name: String) -> (workload: Workload, measures: [Measure])? {
    for workload in all {
      if workload.name == name { return (workload, workload.measures) }
      let found = workload.measures.filter { $0.name == name }
      if !found.isEmpty { return (workload, found) }
    }
    return nil
  }

  /// All names that `named` knows.
  static var names: [String] {
    all.flatMap { workload in [workload.name] + workload.measures.map(\.name).filter { $0 != workload.name } }
  }

  private static let momentum = SGD(learningRate: 0.01, momentum: 0.9)
  private static let labels = SparseCategoricalCrossentropy()

  private static func network(
    _ name: String, _ what: String, _ inputShape: Shape, _ optimizer: any Optimizer, _ loss: any Loss,
    _ measures: [Measure], _ make: @escaping @Sendable () -> any Layer<Tensor, Tensor>
  ) -> Workload {
    network(name, what, TensorType(inputShape, .float32), optimizer, loss, measures, Samples.Form(), make)
  }

  private static func network(
    _ name: String, _ what: String, _ input: TensorType, _ optimizer: any Optimizer, _ loss: any Loss,
    _ measures: [Measure], _ samples: Samples.Form, _ make: @escaping @Sendable () -> any Layer<Tensor, Tensor>
  ) -> Workload {
    Workload(
      name: name, what: what,
      model: { hasValues in
        let model = hasValues ? try Model(make(), inputs: [input]) : try Model.outline(make(), inputs: [input])
        model.compile(optimizer: optimizer, loss: loss)
        return model
      }, samples: samples, measures: measures)
  }

  /// w09 and its variants.
  private static func recurrent(
    _ name: String, _ kind: String, _ layer: @escaping @Sendable (_ returnSequences: Bool) -> any Layer<Tensor, Tensor>
  ) -> Workload {
    network(
      name, "\(kind) 256 x2, T=100 x 128, Adam, step of 64", TensorType([100, 128], .float32), .adam(), labels,
      [Measure(name: name, isTraining: true, batch: 64)], Samples.Form(inputs: .normal)
    ) { Networks.recurrent(layer) }
  }

  static func formula(_ x: Tensor) -> Tensor { (x * 1.5 + 0.25).tanh() * x.sigmoid() + (x - 0.5).relu() }
}
