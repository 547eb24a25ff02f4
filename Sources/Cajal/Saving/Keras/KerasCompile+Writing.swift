// Cajal's settings as Keras's configuration of `compile`; the other direction is in KerasCompile.swift.

/// An optimizer's options without what Keras writes under other keys.
struct OptimizerForm: Encodable {
  let optimizer: any Optimizer
  init(_ optimizer: any Optimizer) { self.optimizer = optimizer }
  func encode(to encoder: Encoder) throws {
    var plain = optimizer
    plain.clipping = nil
    plain.weightDecay = nil
    plain.ema = nil
    try plain.encode(to: encoder)
  }
}

extension TrainingSettings {
  func kerasConfiguration(_ writing: KerasWriting) throws -> JSONValue {
    let values = try losses.map { try loss($0, writing) }
    func metrics(of output: Int) throws -> JSONValue {
      .array(
        try self.metrics.indices.filter { metricOutputs[$0] == output }.compactMap { index in
          // Keras puts the output's name in front by itself.
          let name = givenOutputs[index] == nil ? metricNames[index] : self.metrics[index].name
          return try metric(self.metrics[index], name, writing)
        })
    }
    let isWeighted = lossWeights.contains { $0 != 1 }
    return .object([
      "optimizer": try optimizer(writing), "loss": values.count == 1 ? values[0] : .array(values),
      "loss_weights": isWeighted ? .array(lossWeights.map { .float($0) }) : .null,
      // Keras takes a list for each of several outputs.
      "metrics": values.count == 1 ? try metrics(of: 0) : .array(try values.indices.map { try metrics(of: $0) }),
      "weighted_metrics": .null, "run_eagerly": .bool(false), "steps_per_execution": .integer(1),
      "jit_compile": .bool(false),
    ])
  }

  private func options<T: Encodable>(_ value: T, of type: Any.Type, _ writing: KerasWriting) throws -> JSONObject {
    let mapped = type as? any KerasMapped.Type
    var config = try KerasEncoder.value(of: value, renamed: mapped?.kerasKeys ?? [:], writing).object ?? [:]
    try mapped?.toKeras(&config)
    return config
  }

  private func optimizer(_ writing: KerasWriting) throws -> JSONValue {
    let rate = JSONValue.float(learningRate.scalar)
    guard let several = optimizer as? MultiOptimizer else { return try written(optimizer, rate, writing) }
    var others: JSONObject = [:]
    for group in several.groups { others[group.pattern] = try written(group.optimizer, nil, writing) }
    let map = JSONValue.keras(
      "keras.optimizers", "OptimizerMap",
      ["default_optimizer": try written(several.defaultOptimizer, rate, writing), "optimizer_map": .object(others)])
    return .keras(
      "keras.optimizers", "MultiOptimizer",
      ["name": .text("multi_optimizer"), "optimizer_map": map, "loss_scale_factor": .null])
  }

  private func written(_ optimizer: any Optimizer, _ rate: JSONValue?, _ writing: KerasWriting) throws -> JSONValue {
    let parts = OptimizerEntry(optimizer).parts
    let type = type(of: parts.base)
    let own = try options(OptimizerForm(parts.base), of: type, writing)
    var config: JSONObject = ["name": .text(snakeCase(type.className))]
    for key in own.keys where !["clipping", "weight_decay", "ema"].contains(key) { config[key] = own[key] }
    if let schedule = parts.schedule {
      func written<Written: LearningRateSchedule>(_ schedule: Written) throws -> JSONObject {
        try options(schedule, of: Written.self, writing)
      }
      config["learning_rate"] = .keras(
        "keras.optimizers.schedules", Swift.type(of: schedule).className, try written(schedule))
    } else {
      config["learning_rate"] = rate ?? .number(optimizer.learningRate)
    }
    config["weight_decay"] = optimizer.weightDecay.map { .number($0.rate) } ?? .null
    for key in ["clipnorm", "global_clipnorm", "clipvalue"] { config[key] = .null }
    switch optimizer.clipping {
    case .value(let limit): config["clipvalue"] = .number(limit)
    case .norm(let limit): config["clipnorm"] = .number(limit)
    case .globalNorm(let limit): config["global_clipnorm"] = .number(limit)
    case nil: break
    }
    config["use_ema"] = .bool(optimizer.ema != nil)
    config["ema_momentum"] = .number(optimizer.ema?.momentum ?? 0.99)
    config["ema_overwrite_frequency"] = optimizer.ema?.overwriteFrequency.map { .integer($0) } ?? .null
    config["gradient_accumulation_steps"] = optimizer.gradientAccumulationSteps.map { .integer($0) } ?? .null
    let value = JSONValue.keras("keras.optimizers", type.className, config)
    guard let scaling = optimizer.lossScaling else { return value }
    return .keras(
      "keras.optimizers", "LossScaleOptimizer",
      [
        "name": .text("loss_scale_optimizer"), "inner_optimizer": value,
        "initial_scale": .number(scaling.initialScale), "dynamic_growth_steps": .integer(scaling.dynamicGrowthSteps),
      ])
  }

  private func loss(_ loss: any Loss, _ writing: KerasWriting) throws -> JSONValue {
    func written<Written: Loss>(_ loss: Written) throws -> JSONObject {
      try options(loss, of: Written.self, writing)
    }
    let name = type(of: loss).className
    let base = (loss as? any ReducedLoss)?.unreduced ?? loss
    var config = try written(base)
    config["name"] = .text(snakeCase(name))
    config["reduction"] = .text(loss.reduction.rawValue)
    return .keras("keras.losses", name, config)
  }

  /// The metrics of Keras that are means of losses.
  private static let means: Set<String> = [
    "BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy", "CategoricalHinge",
    "CosineSimilarity", "Hinge", "KLDivergence", "LogCosh", "MeanAbsoluteError", "MeanAbsolutePercentageError",
    "MeanSquaredError", "MeanSquaredLogarithmicError", "Poisson", "SquaredHinge",
  ]

  private func metric(_ metric: any Metric, _ name: String, _ writing: KerasWriting) throws -> JSONValue? {
    func written<Written: Encodable>(_ value: Written) throws -> JSONObject {
      try options(value, of: Written.self, writing)
    }
    if metric is Accuracy { return .text("accuracy") }
    if let mean = metric as? any LossMetric {
      let loss = type(of: mean.averaged).className
      guard Self.means.contains(loss) else { return nil }
      var config = try written(mean.averaged)
      config["name"] = .text(name)
      return .keras("keras.metrics", loss == "LogCosh" ? "LogCoshError" : loss, config)
    }
    var config = try written(metric)
    config["name"] = .text(name)
    return .keras("keras.metrics", type(of: metric).className, config)
  }
}
