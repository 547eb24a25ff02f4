import Cajal
import CajalData

extension TrainingTask {
  /// The strength of concrete from its mixture and age: a regression by a tiny dense network, 8-5-5-1.
  static let concrete = TrainingTask(
    name: "concrete", summary: "strength of concrete from its mixture", goal: "7 MPa RMSE",
    dataSet: DataSets.concrete, answers: .number(unit: "MPa"), samples: "mixtures", epochs: 200, batchSize: 16,
    learningRate: 1e-2, isStandardized: true
  ) { outputs in
    Sequential {
      Dense(5, activation: .relu)
      Dense(5, activation: .relu)
      Dense(outputs)
    }
  }
}
