// The networks of the conformance test: narrow forms, the tasks of the command line, every architecture.
import Cajal
import CajalModels

@testable import CajalCommand

/// Numbers that look like data.
private func noise(_ shape: Shape, seed: Int = 11) -> Tensor {
  var random = RandomSource(seed: seed)
  return random.normal(shape)
}

private func labels(_ count: Int, classes: Int) -> Tensor {
  Tensor((0..<count).map { Int32($0 * 7 % classes) }, shape: [count])
}

/// Pictures and their classes.
private func pictures(_ count: Int, _ shape: Shape, classes: Int) -> @Sendable () -> (inputs: [Tensor], target: Tensor)
{
  { ([noise(Shape([count] + shape.dimensions))], labels(count, classes: classes)) }
}

/// The blocks of ResNet-50 in a few channels: a projection, an identity, normalization everywhere.
private struct NarrowResNet: Layer {
  var name = LayerName()

  private func block(_ x: Tensor, _ width: Int, stride: Int, projects: Bool) -> Tensor {
    var y = ReLU()(BatchNormalization()(Conv2D(width, kernelSize: 1, strides: stride)(x)))
    y = ReLU()(BatchNormalization()(Conv2D(width, kernelSize: 3, padding: .same)(y)))
    y = BatchNormalization()(Conv2D(4 * width, kernelSize: 1)(y))
    let shortcut = projects ? BatchNormalization()(Conv2D(4 * width, kernelSize: 1, strides: stride)(x)) : x
    return ReLU()(Add()(shortcut, y))
  }

  func forward(_ input: Tensor) throws -> Tensor {
    var x = Conv2D(16, kernelSize: 7, strides: 2, padding: .explicit(3))(input)
    x = MaxPooling2D(poolSize: 3, strides: 2, padding: .explicit(1))(ReLU()(BatchNormalization()(x)))
    x = block(x, 8, stride: 1, projects: true)
    x = block(x, 8, stride: 1, projects: false)
    x = block(x, 16, stride: 2, projects: true)
    return Dense(4, activation: .softmax)(GlobalAveragePooling2D()(x))
  }
}

/// Units that say yes or no, and layers on them.
private struct YesOrNo: Layer {
  var name = LayerName()

  func forward(_ input: Tensor) throws -> Tensor {
    let bits = (input .> 0).cast(to: .float32)
    return Dense(4, activation: .softmax)(Dense(80, activation: .tanh)(bits))
  }
}

enum Trials {
  private static func network(
    _ name: String, _ count: Int, _ shape: Shape, classes: Int,
    optimizer: any Optimizer = SGD(learningRate: 0.02, momentum: 0.9), isGuided: Bool = false,
    tolerance: Double = 1e-2, _ layer: @escaping @Sendable () -> any Layer<Tensor, Tensor>
  ) -> Trial {
    var trial = Trial(
      name, loss: .sparseCategoricalCrossentropy,
      optimizer: isGuided ? SGD(learningRate: 1e-3, momentum: 0.9) : optimizer, metrics: [.accuracy],
      isGuided: isGuided,
      data: pictures(count, shape, classes: classes)
    ) { try Model(layer(), inputShape: shape, seed: 3) }
    trial.tolerance = tolerance
    return trial
  }

  private static func task(_ task: TrainingTask, _ count: Int, _ shape: Shape, outputs: Int) -> Trial {
    // Adam divides by the size of the gradient: ε keeps it from making rounding large.
    let optimizer = Adam(learningRate: task.learningRate, epsilon: 1e-2, clipping: .globalNorm(1))
    if case .classes = task.answers {
      return network("task \(task.name)", count, shape, classes: outputs, optimizer: optimizer) {
        task.network(outputs)
      }
    }
    return Trial(
      "task \(task.name)", loss: .meanSquaredError, optimizer: optimizer, metrics: [.meanAbsoluteError],
      data: { ([noise(Shape([count] + shape.dimensions))], noise([count, outputs], seed: 5)) }
    ) { try Model(task.network(outputs), inputShape: shape, seed: 3) }
  }

  /// The shape of a task's samples and its answers; a task that is not here fails the test.
  private static let taskShapes: [String: (count: Int, shape: Shape, outputs: Int)] = [
    "digits": (32, [8, 8, 1], 10), "mnist": (32, [28, 28, 1], 10), "fashion": (7, [28, 28, 1], 10),
    "concrete": (16, [8], 1), "car": (16, [21], 4),
  ]

  static let tasks: [Trial] = TrainingTask.all.map { task in
    guard let form = taskShapes[task.name] else {
      return Trial("task \(task.name)") { _, _ in
        throw CajalError(.missing, "Trials", expected: "a shape for task \(task.name)", given: "there is none")
      }
    }
    return Self.task(task, form.count, form.shape, outputs: form.outputs)
  }

  /// What `make test` runs: seconds.
  static let small: [Trial] =
    [
      network("LeNet-5", 8, [28, 28, 1], classes: 10) { LeNet5() },
      network("LeNet-5 as published", 4, [32, 32, 1], classes: 10) { OriginalLeNet5() },
      // 27 layers of limited activations: many kinks.
      network("MobileNet of a quarter", 4, [64, 64, 3], classes: 4, isGuided: true, tolerance: 2e-2) {
        MobileNet(classes: 4, alpha: 0.25, dropout: 0.1)
      },
      network("narrow ResNet", 4, [48, 48, 3], classes: 4, isGuided: true) { NarrowResNet() },
      network("narrow AlexNet", 4, [67, 67, 3], classes: 4) {
        Sequential {
          Conv2D(16, kernelSize: 11, strides: 4, activation: .relu)
          LocalResponseNormalization()
          MaxPooling2D(poolSize: 3, strides: 2)
          Conv2D(32, kernelSize: 5, padding: .same, groups: 2, activation: .relu)
          LocalResponseNormalization()
          MaxPooling2D(poolSize: 3, strides: 2)
          Conv2D(32, kernelSize: 3, padding: .same, activation: .relu)
          MaxPooling2D(poolSize: 3, strides: 2)  // to a single place
          Flatten()
          Dense(64, activation: .relu)
          Dropout(0.5)
          Dense(4, activation: .softmax)
        }
      },
      network("recurrent", 4, [12, 16], classes: 4) {
        Sequential {
          Bidirectional(LSTM(16, returnSequences: true))
          Bidirectional(GRU(16))
          Dense(4, activation: .softmax)
        }
      },
      network("perceptron", 6, [128], classes: 4) {
        Sequential {
          Dense(192, activation: .relu)
          Dense(100, activation: .relu)
          Dense(4, activation: .softmax)
        }
      },
      network("yes or no", 64, [96], classes: 4) { YesOrNo() },
      network("narrow VGG", 4, [8, 8, 3], classes: 4) {
        Sequential {
          Conv2D(16, kernelSize: 3, padding: .same, activation: .relu)
          Conv2D(16, kernelSize: 3, padding: .same, activation: .relu)
          MaxPooling2D()
          Conv2D(32, kernelSize: 3, padding: .same, activation: .relu)
          MaxPooling2D()
          Conv2D(48, kernelSize: 3, padding: .same, activation: .relu)
          MaxPooling2D()  // to a single place
          Flatten()
          Dense(48, activation: .relu)
          Dense(4, activation: .softmax)
        }
      },
    ] + tasks

  /// Every architecture as people ask for it, on the smallest pictures it takes; one that is new runs at its own size.
  static let architectures: [Trial] = Architectures.all.map { architecture in
    let sizes: [String: Int] = ["alexnet": 67, "alexnet-two-groups": 67, "vgg16": 32, "resnet50": 64, "mobilenet": 64]
    let size = sizes[architecture.name]
    let shape = size.map { Shape([$0, $0, 3]) } ?? architecture.inputShape
    let classes = architecture.name.hasPrefix("lenet5") ? 10 : 1000
    return network("full \(architecture.name)", 4, shape, classes: classes, isGuided: true, tolerance: 0.1) {
      architecture.make()
    }
  }
}
