import Cajal
import CajalData

extension TrainingTask {
  /// Pictures of clothes, in MNIST's size but harder; the same network.
  static let fashion = TrainingTask(
    name: "fashion", summary: "clothes, 28 x 28 pixels", goal: "91 % accuracy", dataSet: DataSets.fashion,
    answers: .classes, samples: "pictures", epochs: 12, batchSize: 64, learningRate: 1e-3, validationPart: 0.05,
    network: modernLeNet)
}
