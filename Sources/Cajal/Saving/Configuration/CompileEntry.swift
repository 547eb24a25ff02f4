/// What `compile` was given, in a file.
struct CompileEntry: Codable {
  var optimizer: OptimizerEntry
  var losses: [LossEntry]
  var lossWeights: [Float]
  var metrics: [MetricEntry]
  /// The output each metric looks at, where there is one for each.
  var metricOutputs: [Int?]?

  init(_ settings: TrainingSettings) {
    optimizer = OptimizerEntry(settings.optimizer)
    losses = settings.losses.map(LossEntry.init)
    lossWeights = settings.lossWeights
    metrics = settings.metrics.map(MetricEntry.init)
    metricOutputs = settings.givenOutputs.contains { $0 != nil } ? settings.givenOutputs : nil
  }
}

private enum ClassKeys: String, CodingKey { case className, config, schedule, reduction, lossScaling }

/// An optimizer in a file: `{"className": "Adam", "config": {…}}`, and its schedule where it follows one.
struct OptimizerEntry: Codable {
  let optimizer: any Optimizer

  init(_ optimizer: any Optimizer) { self.optimizer = optimizer }

  init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: ClassKeys.self)
    let type = try OptimizerRegistry.classes.type(named: try container.decode(String.self, forKey: .className))
    let plain = try type.init(from: try container.superDecoder(forKey: .config))
    func scale<Base: Optimizer>(_ base: Base, _ scaling: LossScaling) -> any Optimizer {
      LossScaleOptimizer(
        base, initialScale: scaling.initialScale, dynamicGrowthSteps: scaling.dynamicGrowthSteps)
    }
    let scaling = try container.decodeIfPresent(LossScaling.self, forKey: .lossScaling)
    guard !(plain is MultiOptimizer) || scaling == nil && !container.contains(.schedule) else {
      throw DecodingError.dataCorruptedError(
        forKey: .className, in: container, debugDescription: "several optimizers follow no schedule of their own")
    }
    let base = scaling.map { scale(plain, $0) } ?? plain
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
    let (base, schedule) = parts
    try container.encode(type(of: base).className, forKey: .className)
    try base.encode(to: container.superEncoder(forKey: .config))
    try container.encodeIfPresent(optimizer.lossScaling, forKey: .lossScaling)
    if let schedule { try container.encode(ScheduleEntry(schedule: schedule), forKey: .schedule) }
  }
}

extension OptimizerEntry {
  /// The optimizer without its schedule and scale, and the schedule.
  var parts: (base: any Optimizer, schedule: (any LearningRateSchedule)?) {
    let scheduled = (optimizer as? any ScheduledOptimizer) ?? (unscaled(optimizer) as? any ScheduledOptimizer)
    let parts = scheduled?.parts
    return (unscaled(parts?.base ?? optimizer), parts?.schedule)
  }

  private func unscaled(_ optimizer: any Optimizer) -> any Optimizer {
    (optimizer as? any ScaledOptimizer)?.unscaled ?? optimizer
  }
}

/// An optimizer that is another one with a scaled loss.
private protocol ScaledOptimizer { var unscaled: any Optimizer { get } }

extension LossScaleOptimizer: ScaledOptimizer {
  fileprivate var unscaled: any Optimizer { innerOptimizer }
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
    let base = try type.init(from: try container.superDecoder(forKey: .config))
    let reduction = try container.decodeIfPresent(LossReduction.self, forKey: .reduction)
    func reduce<Base: Loss>(_ base: Base, _ reduction: LossReduction) -> any Loss { base.reduced(by: reduction) }
    loss = reduction.map { reduce(base, $0) } ?? base
  }

  func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: ClassKeys.self)
    let base = (loss as? any ReducedLoss)?.unreduced ?? loss
    try container.encode(type(of: base).className, forKey: .className)
    try base.encode(to: container.superEncoder(forKey: .config))
    if loss.reduction != base.reduction { try container.encode(loss.reduction, forKey: .reduction) }
  }
}

/// A loss that is another one with a reduction.
protocol ReducedLoss { var unreduced: any Loss { get } }

extension Reduced: ReducedLoss {
  var unreduced: any Loss { base }
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
