import CajalArguments
import CajalData
import CajalTerminal

/// What `cajal train` can be asked for by name: one of the tasks with right answers, or something that is learned in another way.
struct NamedTask: Sendable {
  let name: String
  /// `handwritten digits, 8 x 8 pixels`
  let summary: String
  /// What a good run reaches: `98 % accuracy`.
  let goal: String
  let epochs: Int
  let dataSet: BuiltInDataSet
  let run: @Sendable (Options) throws -> Void

  /// What `cajal train` was told besides the name.
  struct Options {
    var dataFolder: String?
    var epochs: Int?
    var batchSize: Int?
    var learningRate: Double?
    var seed: Int
    var output: String
  }

  /// Every task: those with right answers first.
  static let all: [NamedTask] =
    TrainingTask.all.map(NamedTask.init) + Study.all.map(NamedTask.init) + AdversarialTask.all.map(NamedTask.init)

  /// Errors: `UsageError` that lists the tasks.
  static func named(_ name: String, _ form: CommandForm) throws(UsageError) -> NamedTask {
    if let found = all.first(where: { $0.name == name.lowercased() }) { return found }
    let names = all.map(\.name)
    throw form.error(
      "there is no task '\(name)'; the tasks are \(names.joined(separator: ", ")).\(didYouMean(name, in: names))")
  }
}

extension NamedTask {
  init(_ task: TrainingTask) {
    self.init(
      name: task.name, summary: task.summary, goal: task.goal, epochs: task.epochs, dataSet: task.dataSet
    ) { options in
      var task = task
      task.epochs = options.epochs ?? task.epochs
      task.batchSize = options.batchSize ?? task.batchSize
      task.learningRate = options.learningRate ?? task.learningRate
      try TrainingRun(task, dataFolder: options.dataFolder, output: options.output, seed: options.seed).perform()
    }
  }

  init(_ study: Study) {
    self.init(
      name: study.name, summary: study.summary, goal: study.goal, epochs: study.epochs, dataSet: study.dataSet
    ) { options in
      var study = study
      study.epochs = options.epochs ?? study.epochs
      study.batchSize = options.batchSize ?? study.batchSize
      study.learningRate = options.learningRate ?? study.learningRate
      try StudyRun(study, dataFolder: options.dataFolder, output: options.output, seed: options.seed).perform()
    }
  }

  init(_ task: AdversarialTask) {
    self.init(
      name: task.name, summary: task.summary, goal: task.goal, epochs: task.epochs, dataSet: task.dataSet
    ) { options in
      var task = task
      task.epochs = options.epochs ?? task.epochs
      task.batchSize = options.batchSize ?? task.batchSize
      task.learningRate = options.learningRate ?? task.learningRate
      try AdversarialRun(task, dataFolder: options.dataFolder, output: options.output, seed: options.seed).perform()
    }
  }
}
