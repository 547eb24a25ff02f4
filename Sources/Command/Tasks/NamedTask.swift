import CajalArguments
import CajalData
import CajalTerminal

/// What `cajal train` can be asked for by name: a task with right answers, or something that is learned in another way.
protocol NamedTask: Sendable {
  var name: String { get }
  /// `handwritten digits, 8 x 8 pixels`
  var summary: String { get }
  /// What a good run reaches: `98 % accuracy`.
  var goal: String { get }
  var dataSet: BuiltInDataSet { get }
  var epochs: Int { get set }
  var batchSize: Int { get set }
  var learningRate: Double { get set }

  /// Trains, from the data to the last line.
  func run(dataFolder: String?, output: String, seed: Int) throws
}

extension TrainingTask: NamedTask {
  func run(dataFolder: String?, output: String, seed: Int) throws {
    try TrainingRun(self, dataFolder: dataFolder, output: output, seed: seed).perform()
  }
}

extension Study: NamedTask {
  func run(dataFolder: String?, output: String, seed: Int) throws {
    try StudyRun(self, dataFolder: dataFolder, output: output, seed: seed).perform()
  }
}

extension AdversarialTask: NamedTask {
  func run(dataFolder: String?, output: String, seed: Int) throws {
    try AdversarialRun(self, dataFolder: dataFolder, output: output, seed: seed).perform()
  }
}

enum NamedTasks {
  /// Every task: those with right answers first.
  static let all: [any NamedTask] = TrainingTask.all as [any NamedTask] + Study.all + AdversarialTask.all

  /// Errors: `UsageError` that lists the tasks.
  static func named<Task>(
    _ name: String, among tasks: [Task], _ nameOf: (Task) -> String, _ form: CommandForm
  ) throws(UsageError) -> Task {
    if let found = tasks.first(where: { nameOf($0) == name.lowercased() }) { return found }
    let names = tasks.map(nameOf)
    throw form.error(
      "there is no task '\(name)'; the tasks are \(names.joined(separator: ", ")).\(didYouMean(name, in: names))")
  }
}
