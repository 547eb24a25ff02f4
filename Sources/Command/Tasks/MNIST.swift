import Cajal
import CajalData

extension TrainingTask {
  /// MNIST with LeNet-5's plan as it is built today: more maps, ReLU, the maximum in place of the average, dropout.
  static let mnist = TrainingTask(
    name: "mnist", summary: "handwritten digits, 28 x 28 pixels", goal: "99 % accuracy", dataSet: DataSets.mnist,
    answers: .classes, samples: "digits", epochs: 10, batchSize: 64, learningRate: 1e-3, validationPart: 0.05,
    network: modernLeNet)

  /// Two convolutions with pooling and two dense layers.
  @Sendable static func modernLeNet(classes: Int) -> any Layer<Tensor, Tensor> {
    Sequential {
      Conv2D(32, kernelSize: 5, activation: .relu, name: "c1")
      MaxPooling2D(poolSize: 2, name: "s2")
      Conv2D(64, kernelSize: 5, activation: .relu, name: "c3")
      MaxPooling2D(poolSize: 2, name: "s4")
      Flatten()
      Dense(256, activation: .relu, name: "c5")
      Dropout(0.4)
      Dense(84, activation: .relu, name: "f6")
      Dense(classes, activation: .softmax, name: "output")
    }
  }
}
