import Cajal
import CajalData

extension TrainingTask {
  /// The 1,797 digits that come with the library: a small convolutional network, done in seconds.
  static let digits = TrainingTask(
    name: "digits", summary: "handwritten digits, 8 x 8 pixels", goal: "98 % accuracy", dataSet: DataSets.digits,
    answers: .classes, samples: "digits", epochs: 40, batchSize: 32, learningRate: 1e-3
  ) { classes in
    Sequential {
      ZeroPadding2D(1)
      Conv2D(32, kernelSize: 3, activation: .relu)
      Conv2D(64, kernelSize: 3, activation: .relu)
      MaxPooling2D(poolSize: 2)
      Dropout(0.25)
      Flatten()
      Dense(128, activation: .relu)
      Dropout(0.5)
      Dense(classes, activation: .softmax)
    }
  }
}
