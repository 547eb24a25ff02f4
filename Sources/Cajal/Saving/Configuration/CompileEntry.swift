/// What `compile` was given, in a file.
struct CompileEntry: Codable {
  var optimizer: OptimizerEntry
  var losses: [LossEntry]
  var lossWeights: [Float]
  var metrics: [MetricEntry]

  init(_ settings: TrainingSettings) {
    optimizer = OptimizerEntry(settings.optimizer)
    losses = settings.losses.map(LossEntry.init)
    lossWeights = settings.lossWeights
    metrics = settings.metrics.map(MetricEntry.init)
  }
}

private enum ClassKeys: String, CodingKey { case className, config, schedule }

/// An optimizer in a file: `{"className": "Adam", "config": {…}}`, and its schedule where it follows one.
struct OptimizerEntry: Codable {
  let optimizer: any Optimizer

  init(_ optimizer: any Optimizer) { self.optimizer = optimizer }

  init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: ClassKeys.self)
    let type = try OptimizerRegistry.classes.type(named: try container.decode(String.self, forKey: .className))
    let base = try type.init(from: try container.superDecoder(forKey: .config))
    guard let entry = try container.decodeIfPresent(ScheduleEntry.self, forKey: .schedule) else {
      optimizer = base
      return
    }
    func follow<Base: Optimizer, Schedule: LearningRateSchedule>(_ base: Base, _ schedule: Schedule) -> any Optimizer {
      base.following(schedule)
    }
    optimizer = follow(base, entry.schedule)
  }

  func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: ClassKeys.self)
    let parts = (optimizer as? any ScheduledOptimizer)?.parts
    let base = parts?.base ?? optimizer
    try container.encode(type(of: base).className, forKey: .className)
    try base.encode(to: container.superEncoder(forKey: .config))
    if let schedule = parts?.schedule { try container.encode(ScheduleEntry(schedule: schedule), forKey: .schedule) }
  }
}

extension OptimizerEntry {
  /// The optimizer without its schedule, and the schedule.
  var parts: (base: any Optimizer, schedule: (any LearningRateSchedule)?) {
    guard let scheduled = optimizer as? any ScheduledOptimizer else { return (optimizer, nil) }
    return scheduled.parts
  }
}

/// An optimizer that is another one with a schedule.
private protocol ScheduledOptimizer {
  var parts: (base: any Optimizer, schedule: any LearningRateSchedule) { get }
}

extension Scheduled: ScheduledOptimizer {
  fileprivate var parts: (base: any Optimizer, schedule: any LearningRateSchedule) { (base, schedule) }
}

/// A schedule in a file.
struct ScheduleEntry: Codable {
  let schedule: any LearningRateSchedule

  init(schedule: any LearningRateSchedule) { self.schedule = schedule }

  init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: ClassKeys.self)
    let type = try ScheduleRegistry.classes.type(named: try container.decode(String.self, forKey: .className))
    schedule = try type.init(from: try container.superDecoder(forKey: .config))
  }

  func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: ClassKeys.self)
    try container.encode(type(of: schedule).className, forKey: .className)
    try schedule.encode(to: container.superEncoder(forKey: .config))
  }
}

/// A loss in a file.
struct LossEntry: Codable {
  let loss: any Loss

  init(_ loss: any Loss) { self.loss = loss }

  init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: ClassKeys.self)
    let type = try LossRegistry.classes.type(named: try container.decode(String.self, forKey: .className))
    loss = try type.init(from: try container.superDecoder(forKey: .config))
  }

  func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: ClassKeys.self)
    try container.encode(type(of: loss).className, forKey: .className)
    try loss.encode(to: container.superEncoder(forKey: .config))
  }
}

/// A metric in a file.
struct MetricEntry: Codable {
  let metric: any Metric

  init(_ metric: any Metric) { self.metric = metric }

  init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: ClassKeys.self)
    let type = try MetricRegistry.type(named: try container.decode(String.self, forKey: .className))
    metric = try type.init(from: try container.superDecoder(forKey: .config))
  }

  func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: ClassKeys.self)
    try container.encode(type(of: metric).className, forKey: .className)
    try metric.encode(to: container.superEncoder(forKey: .config))
  }
}
