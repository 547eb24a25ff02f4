// What `compile` was given, between Keras's configuration and Cajal's settings.

extension Model {
  /// Compiles the model as a configuration says, and takes over the optimizer's state.
  func compileKeras(_ config: JSONObject, _ node: KerasNode, _ file: H5File?) throws {
    do {
      try setKerasSettings(config)
    } catch var error as CajalError {
      error.advice +=
        (error.advice.isEmpty ? "" : " ") + "To read the model without its training, pass compiled: false."
      throw error
    }
    if let file, let training { try training.readKeras(node, self, file) }
  }

  private func setKerasSettings(_ config: JSONObject) throws {
    let reading = KerasReading("compile_config")
    let optimizer = try reading.optimizer(config["optimizer"] ?? .null)
    let losses = try reading.losses(config["loss"] ?? .null, outputNames)
    guard let optimizer, losses.count == outputTypes.count else {
      if !(config["loss"] ?? .null).isNull {
        notes.append("the model is not compiled: there are \(losses.count) losses for \(outputTypes.count) outputs")
      }
      return
    }
    let metrics = try reading.metrics(config["metrics"] ?? .null, outputs: outputNames)
    compile(
      optimizer: optimizer, losses: losses,
      lossWeights: reading.lossWeights(config["loss_weights"] ?? .null, outputNames), metrics: metrics)
    if !(config["weighted_metrics"] ?? .null).isNull { reading.note("weighted_metrics are left out") }
    notes += reading.notes
  }
}

extension KerasReading {
  func optimizer(_ value: JSONValue) throws -> (any Optimizer)? {
    guard let (name, given) = value.kerasClass else { return nil }
    return try inside("optimizer", name) {
      let plain = name.split(separator: ">").last.map(String.init) ?? name  // Keras 2: "Custom>Adam"
      let known = OptimizerRegistry.classes.names.first { $0.lowercased() == plain.lowercased() } ?? plain
      let type = try OptimizerRegistry.classes.type(named: known)
      var config = given
      var schedule: (any LearningRateSchedule)?
      for key in ["learning_rate", "lr"] where config[key]?.object != nil {
        schedule = try config[key].map { try self.schedule($0) }
        config[key] = .number(schedule?.rate(atStep: 0) ?? 0.001)
      }
      config.rename("lr", to: "learning_rate")
      func limit(_ key: String) -> Double? {
        defer { config[key] = nil }
        return config[key]?.number
      }
      let clipping =
        limit("clipvalue").map { GradientClipping.value($0) } ?? limit("clipnorm").map { .norm($0) }
        ?? limit("global_clipnorm").map { .globalNorm($0) }
      for key in ["clipvalue", "clipnorm", "global_clipnorm"] { config[key] = nil }
      let decay = config["weight_decay"]?.number
      config["weight_decay"] = nil
      var optimizer = try optimizer(type, config)
      optimizer.clipping = clipping
      optimizer.weightDecay = decay.map { WeightDecay($0) }
      guard let schedule else { return optimizer }
      return following(optimizer, schedule)
    }
  }

  private func optimizer<Made: Optimizer>(_ type: Made.Type, _ config: JSONObject) throws -> any Optimizer {
    // What an older or bare configuration lacks is what the class begins with.
    var config = config
    let writing = KerasWriting(place, calls: []) { _ in true }
    let names = (type as? any KerasMapped.Type)?.kerasKeys ?? [:]
    if let usual = Self.usual(Made.className),
      let known = try KerasEncoder.value(
        of: OptimizerForm(usual), renamed: names, writing
      ).object
    {
      for key in known.keys { config.setDefault(key, known[key] ?? .null) }
    }
    return try decoded(type, config)
  }

  private static func usual(_ className: String) -> (any Optimizer)? {
    let all: [any Optimizer] = [
      SGD(), RMSprop(), Adagrad(), Adadelta(), Adam(), AdamW(), Adamax(), Nadam(), Lion(),
    ]
    return all.first { type(of: $0).className == className }
  }

  private func following<Base: Optimizer, Schedule: LearningRateSchedule>(
    _ base: Base, _ schedule: Schedule
  ) -> any Optimizer { base.following(schedule) }

  func schedule(_ value: JSONValue) throws -> any LearningRateSchedule {
    guard let (name, config) = value.kerasClass else {
      throw misfit(expected: "a schedule", given: "it is \(value.excerpt)")
    }
    return try inside("learning_rate", name) {
      try schedule(ScheduleRegistry.classes.type(named: name), config)
    }
  }

  private func schedule<Made: LearningRateSchedule>(
    _ type: Made.Type, _ config: JSONObject
  ) throws -> any LearningRateSchedule { try decoded(type, config) }

  // MARK: - Losses

  private static let shortNames = [
    "mse": "MeanSquaredError", "mae": "MeanAbsoluteError", "mape": "MeanAbsolutePercentageError",
    "msle": "MeanSquaredLogarithmicError", "bce": "BinaryCrossentropy", "kld": "KLDivergence", "logcosh": "LogCosh",
    "huber_loss": "Huber", "acc": "Accuracy", "log_cosh_error": "LogCosh", "LogCoshError": "LogCosh",
  ]

  /// A class by its name, a function's name or an abbreviation.
  private func className(_ value: JSONValue, _ known: [String]) throws -> (String, JSONObject) {
    guard let (name, config) = value.kerasClass else {
      throw misfit(expected: "a class or a name", given: "it is \(value.excerpt)")
    }
    let plain = value["config"].text ?? name  // a function: {"module": "builtins", "config": "mse"}
    if known.contains(plain) { return (plain, config) }
    if let full = Self.shortNames[plain] ?? Self.shortNames[plain.lowercased()] { return (full, config) }
    return (known.first { snakeCase($0) == plain || $0.lowercased() == plain.lowercased() } ?? plain, config)
  }

  func loss(_ value: JSONValue) throws -> any Loss {
    let (name, config) = try className(value, LossRegistry.classes.names)
    return try inside("loss", name) { try loss(LossRegistry.classes.type(named: name), config) }
  }

  private func loss<Made: Loss>(_ type: Made.Type, _ given: JSONObject) throws -> any Loss {
    var config = given
    if type is BinaryCrossentropy.Type || type is CategoricalCrossentropy.Type {
      config.setDefault("label_smoothing", .number(0))
    }
    config.setDefault("from_logits", .bool(false))
    if let reduction = config["reduction"]?.text, !["sum_over_batch_size", "auto", "mean"].contains(reduction) {
      throw misfit(.unsupported, expected: "the reduction sum_over_batch_size", given: "it is \(reduction)")
    }
    config["reduction"] = nil
    return try decoded(type, config)
  }

  func losses(_ value: JSONValue, _ outputs: [String]) throws -> [any Loss] {
    if value.isNull { return [] }
    if let values = value.array { return try values.map { try loss($0) } }
    if let object = value.object, object["class_name"] == nil {
      return try outputs.compactMap { name in try object[name].map { try loss($0) } }
    }
    let one = try loss(value)
    return outputs.map { _ in one }
  }

  func lossWeights(_ value: JSONValue, _ outputs: [String]) -> [Float]? {
    if let values = value.array, values.count == outputs.count { return values.map { Float($0.number ?? 1) } }
    if let object = value.object { return outputs.map { Float(object[$0]?.number ?? 1) } }
    return nil
  }

  // MARK: - Metrics

  /// The metrics of the first output: others are noted.
  func metrics(_ value: JSONValue, outputs: [String]) throws -> [any Metric] {
    if value.isNull { return [] }
    if let object = value.object, object["class_name"] == nil {
      if object.keys.contains(where: { $0 != outputs.first }) { note("metrics of outputs but the first are left out") }
      return try metrics(object[outputs.first ?? ""] ?? .null, outputs: [])
    }
    let values = value.array ?? [value]
    if let lists = value.array, outputs.count > 1, lists.count == outputs.count {
      if lists.dropFirst().contains(where: { !$0.isNull && $0 != .array([]) }) {
        note("metrics of outputs but the first are left out")
      }
      return try metrics(lists[0], outputs: [])
    }
    return try values.filter { !$0.isNull }.flatMap { value in
      if let inner = value.array { return try metrics(.array(inner), outputs: []) }
      return try metric(value).map { [$0] } ?? []
    }
  }

  private func metric(_ value: JSONValue) throws -> (any Metric)? {
    let known = MetricRegistry.classes.names + LossRegistry.classes.names
    var (name, config) = try className(value, known)
    if name == "MeanMetricWrapper" {
      guard let function = config["fn"], !function.isNull else { return nil }
      guard let title = config["name"], let plain = function.text else { return try metric(function) }
      return try metric(.object(["class_name": .text(plain), "config": .object(["name": title])]))
    }
    if name == "crossentropy" || name == "ce" { return nil }
    return try inside("metric", name) {
      let type: any Metric.Type
      do {
        type = try MetricRegistry.type(named: name)
      } catch {
        note("the metric \(name.prefix(60)) is not known and left out")
        return nil
      }
      let title = config["name"]?.text ?? value.text ?? snakeCase(name)
      config["name"] = .text(title)
      config["dtype"] = nil
      if type is any LossMetric.Type {
        config["loss"] = .object(config)
        for key in config.keys where !["name", "loss"].contains(key) { config[key] = nil }
        config["better"] = .text(name == "CosineSimilarity" ? "higher" : "lower")
      }
      return try metric(type, config)
    }
  }

  private func metric<Made: Metric>(_ type: Made.Type, _ given: JSONObject) throws -> any Metric {
    if let type = type as? any LossMetric.Type { return try type.fromKeras(given, self) }
    return try decoded(type, given)
  }
}

/// A metric that is the mean of a loss.
protocol LossMetric: Metric {
  static func fromKeras(_ config: JSONObject, _ reading: KerasReading) throws -> any Metric
  var averaged: any Loss { get }
}

extension LossMean: LossMetric {
  static func fromKeras(_ config: JSONObject, _ reading: KerasReading) throws -> any Metric {
    var options = config["loss"]?.object ?? [:]
    options["loss"] = nil
    let value: JSONValue = .object(["class_name": .text(Value.className), "config": .object(options)])
    guard let loss = try reading.loss(value) as? Value else {
      throw reading.misfit(expected: "a loss", given: "it is another")
    }
    let isHigher = config["better"]?.text == "higher"
    return LossMean(loss, name: config["name"]?.text ?? "loss", better: isHigher ? .higher : .lower)
  }
  var averaged: any Loss { loss }
}

// MARK: - Writing

/// An optimizer's options without what Keras writes under other keys.
private struct OptimizerForm: Encodable {
  let optimizer: any Optimizer
  init(_ optimizer: any Optimizer) { self.optimizer = optimizer }
  func encode(to encoder: Encoder) throws {
    var plain = optimizer
    plain.clipping = nil
    plain.weightDecay = nil
    try plain.encode(to: encoder)
  }
}

extension TrainingSettings {
  func kerasConfiguration(_ writing: KerasWriting) throws -> JSONValue {
    let values = try losses.map { try loss($0, writing) }
    let metrics = try metrics.enumerated().compactMap { try metric($1, metricNames[$0], writing) }
    let isWeighted = lossWeights.contains { $0 != 1 }
    return .object([
      "optimizer": try optimizer(writing), "loss": values.count == 1 ? values[0] : .array(values),
      "loss_weights": isWeighted ? .array(lossWeights.map { .number(Double("\($0)") ?? 1) }) : .null,
      // Keras takes a list for each of several outputs; Cajal judges the first.
      "metrics": values.count == 1
        ? .array(metrics) : .array([.array(metrics)] + values.dropFirst().map { _ in .array([]) }),
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
    let parts = OptimizerEntry(optimizer).parts
    let type = type(of: parts.base)
    let own = try options(OptimizerForm(parts.base), of: type, writing)
    var config: JSONObject = ["name": .text(snakeCase(type.className))]
    for key in own.keys where !["clipping", "weight_decay"].contains(key) { config[key] = own[key] }
    if let schedule = parts.schedule {
      func written<Written: LearningRateSchedule>(_ schedule: Written) throws -> JSONObject {
        try options(schedule, of: Written.self, writing)
      }
      config["learning_rate"] = .keras(
        "keras.optimizers.schedules", Swift.type(of: schedule).className, try written(schedule))
    } else {
      config["learning_rate"] = .number(Double("\(learningRate.scalar)") ?? optimizer.learningRate)
    }
    config["weight_decay"] = optimizer.weightDecay.map { .number($0.rate) } ?? .null
    for key in ["clipnorm", "global_clipnorm", "clipvalue"] { config[key] = .null }
    switch optimizer.clipping {
    case .value(let limit): config["clipvalue"] = .number(limit)
    case .norm(let limit): config["clipnorm"] = .number(limit)
    case .globalNorm(let limit): config["global_clipnorm"] = .number(limit)
    case nil: break
    }
    return .keras("keras.optimizers", type.className, config)
  }

  private func loss(_ loss: any Loss, _ writing: KerasWriting) throws -> JSONValue {
    func written<Written: Loss>(_ loss: Written) throws -> JSONObject {
      try options(loss, of: Written.self, writing)
    }
    let name = type(of: loss).className
    var config = try written(loss)
    config["name"] = .text(snakeCase(name))
    config["reduction"] = .text("sum_over_batch_size")
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
