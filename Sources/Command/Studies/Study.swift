import Cajal
import CajalData

/// Something to learn without labels, whose run is its own: what is trained, what it is held against, what is drawn.
///
/// Each lies in a file of its own; `cajal train` runs them by name like any task.
struct Study: Sendable {
  let name: String
  /// `digits drawn from a code of 20 numbers`
  let summary: String
  /// What a good run reaches.
  let goal: String
  let dataSet: BuiltInDataSet
  var epochs: Int
  var batchSize = 128
  var learningRate = 1e-3
  let perform: @Sendable (StudyRun) throws -> Void

  /// Every study.
  static let all: [Study] =
    [
      vae, reduction, compression, denoising, anomaly, retrieval, recommendation, fewLabels,
    ] + boltzmann
}
