import Cajal
import CajalData

extension TrainingTask {
  /// Cars judged by six categories, each as one-hot features: a tiny dense network, 21-5-5-4.
  static let car = TrainingTask(
    name: "car", summary: "how acceptable a car is, from 6 categories", goal: "95 % accuracy", dataSet: DataSets.car,
    answers: .classes, samples: "cars", epochs: 80, batchSize: 16, learningRate: 1e-2
  ) { classes in
    Sequential {
      Dense(5, activation: .relu)
      Dense(5, activation: .relu)
      Dense(classes, activation: .softmax)
    }
  }
}
