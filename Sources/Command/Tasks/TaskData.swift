import Cajal
import CajalData

/// A task's samples in three parts, ready for its network.
struct TaskData {
  let train: Dataset
  let validation: Dataset
  /// Never seen while training.
  let test: Dataset
  let card: ModelCard
  let outputs: Int

  /// Reads the task's data set from a folder, `$CAJAL_DATA` or the cache.
  init(_ task: TrainingTask, folder: String?) throws {
    let split = try task.dataSet.load(folder: folder)
    var isClassification = false
    var unit: String?
    switch task.answers {
    case .classes: isClassification = true
    case .number(let name): unit = name
    }
    var (train, validation) = try split.train.split(1 - task.validationPart, seed: 1, stratified: isClassification)
    var test = split.test
    var standardization: Standardization?
    if task.isStandardized {
      let figures = try train.standardization()
      train = try train.normalized(figures)
      validation = try validation.normalized(figures)
      test = try test.normalized(figures)
      standardization = figures
    }
    self.train = train
    self.validation = validation
    self.test = test
    card = ModelCard(
      task: task.name, classes: split.classNames, unit: unit, encoder: split.encoder, standardization: standardization)
    outputs = isClassification ? split.classNames?.count ?? 1 : 1
  }
}
