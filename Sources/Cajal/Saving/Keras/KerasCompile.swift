// Cajal's settings from Keras's configuration of `compile`; the other direction is in KerasCompile+Writing.swift.

extension Model {
  /// Compiles the model as a configuration says, and takes over the optimizer's state.
  func compileKeras(_ config: JSONObject, _ node: KerasNode, _ file: H5File?) throws {
    do {
      try setKerasSettings(config, name: node.name)
    } catch var error as CajalError {
      error.advice +=
        (error.advice.isEmpty ? "" : " ") + "To read the model without its training, pass compiled: false."
      throw error
    }
    if let file, let training { try training.readKeras(node, self, file) }
  }

  private func setKerasSettings(_ config: JSONObject, name: String) throws {
    let reading = KerasReading("compile_config")
    reading.modelName = name
    let optimizer = try reading.optimizer(config["optimizer"] ?? .null)
    let losses = try reading.losses(config["loss"] ?? .null, outputNames)
    guard let optimizer, losses.count == outputTypes.count else {
      if !(config["loss"] ?? .null).isNull {
        notes.append("the model is not compiled: there are \(losses.count) losses for \(outputTypes.count) outputs")
      }
      return
    }
    // Weights of samples concern all metrics here.
    let metrics = try ["metrics", "weighted_metrics"].flatMap {
      try reading.metrics(config[$0] ?? .null, outputs: outputNames)
    }
    compile(
      optimizer, losses, reading.lossWeights(config["loss_weights"] ?? .null, outputNames),
      metrics.enumerated().sorted {
        ($0.element.output ?? 0, $0.offset) < ($1.element.output ?? 0, $1.offset)
      }.map(\.element))
    notes += reading.notes
  }
}

extension KerasReading {
  func optimizer(_ value: JSONValue) throws -> (any Optimizer)? {
    guard let (name, given) = value.kerasClass else { return nil }
    return try inside("optimizer", name) {
      let plain = name.split(separator: ">").last.map(String.init) ?? name  // Keras 2: "Custom>Adam"
      if plain == "LossScaleOptimizer" { return try scaled(given) }
      if plain == "MultiOptimizer" { return try several(given) }
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
      var ema: WeightAverage?
      if config["use_ema"]?.bool == true {
        ema = WeightAverage(
          momentum: config["ema_momentum"]?.number ?? 0.99,
          overwriteFrequency: config["ema_overwrite_frequency"]?.integer)
      }
      for key in ["use_ema", "ema_momentum", "ema_overwrite_frequency"] { config[key] = nil }
      let decay = config["weight_decay"]?.number
      config["weight_decay"] = nil
      var optimizer = try optimizer(type, config)
      optimizer.clipping = clipping
      optimizer.weightDecay = decay.map { WeightDecay($0) }
      optimizer.ema = ema
      guard let schedule else { return optimizer }
      return following(optimizer, schedule)
    }
  }

  private func optimizer<Made: Optimizer>(_ type: Made.Type, _ config: JSONObject) throws -> any Optimizer {
    let all: [any Optimizer] = [
      SGD(), RMSprop(), Adagrad(), Adadelta(), Adam(), AdamW(), Adamax(), Nadam(), Lion(), Ftrl(), Adafactor(), Lamb(),
      Muon(), ScheduleFreeAdamW(),
    ]
    let usual = all.first { Swift.type(of: $0).className == Made.className }
    return try decoded(type, completed(config, usual.map { OptimizerForm($0) }, type))
  }

  /// A configuration with what an older or bare one lacks: what the class begins with.
  private func completed(
    _ config: JSONObject, _ usual: (any Encodable)?, _ type: Any.Type
  ) throws -> JSONObject {
    guard let usual else { return config }
    var config = config
    let writing = KerasWriting(place, calls: []) { _ in true }
    func written<Value: Encodable>(_ value: Value) throws -> JSONObject {
      let mapped = type as? any KerasMapped.Type
      var known = try KerasEncoder.value(of: value, renamed: mapped?.kerasKeys ?? [:], writing).object ?? [:]
      try mapped?.toKeras(&known)
      return known
    }
    let known = try written(usual)
    for key in known.keys { config.setDefault(key, known[key] ?? .null) }
    return config
  }

  private func several(_ config: JSONObject) throws -> any Optimizer {
    guard let map = config["optimizer_map"]?.kerasClass?.1, let others = (map["optimizer_map"] ?? .null).object,
      let usual = try optimizer(map["default_optimizer"] ?? .null)
    else {
      throw misfit(
        expected: "a map of optimizers by the paths of weights",
        given: "it is \((config["optimizer_map"] ?? .null).excerpt)")
    }
    let groups = try others.keys.map { pattern -> (pattern: String, optimizer: any Optimizer) in
      guard let optimizer = try optimizer(others[pattern] ?? .null) else {
        throw misfit(expected: "an optimizer for \(pattern)", given: "there is none")
      }
      // Keras's paths begin with the model's name until the model is saved and read.
      let prefix = modelName + "/"
      return (pattern.hasPrefix(prefix) ? String(pattern.dropFirst(prefix.count)) : pattern, optimizer)
    }
    guard ([usual] + groups.map(\.optimizer)).allSatisfy({ $0.lossScaling == nil && !($0 is MultiOptimizer) }) else {
      throw misfit(expected: "plain optimizers in the map", given: "one is an optimizer around others")
    }
    return MultiOptimizer(usual, groups)
  }

  private func scaled(_ config: JSONObject) throws -> any Optimizer {
    guard let inner = try optimizer(config["inner_optimizer"] ?? .null) else {
      throw misfit(expected: "an inner optimizer", given: "there is none")
    }
    guard inner.lossScaling == nil else {
      throw misfit(expected: "a loss that is scaled once", given: "the inner optimizer scales it too")
    }
    func scale<Base: Optimizer>(_ base: Base) -> any Optimizer {
      LossScaleOptimizer(
        base, initialScale: config["initial_scale"]?.number ?? 32_768,
        dynamicGrowthSteps: config["dynamic_growth_steps"]?.integer ?? 2_000)
    }
    return scale(inner)
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
    let all: [any Loss] = [
      BinaryCrossentropy(), BinaryFocalCrossentropy(), CategoricalCrossentropy(), CategoricalFocalCrossentropy(),
      CategoricalGeneralizedCrossEntropy(), Circle(), Dice(), SparseCategoricalCrossentropy(), Tversky(),
    ]
    var config = try completed(given, all.first { Swift.type(of: $0).className == Made.className }, type)
    config.setDefault("from_logits", .bool(false))
    var reduction: LossReduction?
    if let name = config["reduction"]?.text, !["sum_over_batch_size", "auto", "mean"].contains(name) {
      guard let known = LossReduction(rawValue: name) else {
        throw misfit(
          .unsupported, expected: "a reduction to one number: sum_over_batch_size, sum or mean_with_sample_weight",
          given: "it is \(name.prefix(60))")
      }
      reduction = known
    }
    config["reduction"] = nil
    let base = try decoded(type, config)
    return reduction.map { base.reduced(by: $0) } ?? base
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

  /// Metrics with the outputs they look at; nil where there is one alone, or where none is named.
  func metrics(_ value: JSONValue, outputs: [String]) throws -> [(metric: any Metric, output: Int?)] {
    if value.isNull { return [] }
    let isOne = outputs.count < 2
    if let object = value.object, object["class_name"] == nil {
      if let unknown = object.keys.first(where: { !outputs.contains($0) }) {
        note("metrics of \(unknown.prefix(60)), which is no output, are left out")
      }
      return try outputs.enumerated().flatMap { index, name in
        try metrics(object[name] ?? .null).map { ($0, isOne ? nil : index) }
      }
    }
    if let lists = value.array, !isOne, lists.count == outputs.count {
      return try lists.enumerated().flatMap { index, own in try metrics(own).map { ($0, index) } }
    }
    return try metrics(value).map { ($0, nil) }
  }

  /// The metrics of one output.
  private func metrics(_ value: JSONValue) throws -> [any Metric] {
    try (value.array ?? [value]).filter { !$0.isNull }.flatMap { value in
      if let inner = value.array { return try inner.compactMap { $0.isNull ? nil : try metric($0) } }
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
    let all: [any Metric] = [
      AUC(), BinaryAccuracy(), BinaryIoU(), ConcordanceCorrelation(), F1Score(), FBetaScore(), FalseNegatives(),
      FalsePositives(), PearsonCorrelation(), Precision(), R2Score(), Recall(), SparseTopKCategoricalAccuracy(),
      TopKCategoricalAccuracy(), TrueNegatives(), TruePositives(),
    ]
    return try decoded(type, completed(given, all.first { Swift.type(of: $0).className == Made.className }, type))
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
