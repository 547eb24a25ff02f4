// Where Keras's form of a class is not Cajal's: the exceptions to the rule that keys are property names in snake case.

/// A class with keys, options or weights that Keras writes in its own way.
///
/// Most classes need none of it: property names spell Keras's keys in camel case.
protocol KerasMapped {
  /// The class in Keras, where it has another name there.
  static var kerasClass: String? { get }
  /// Keras's keys of properties that do not follow the rule.
  static var kerasKeys: [String: String] { get }
  /// Turns Keras's configuration into what the keys of the properties are read from.
  static func fromKeras(_ config: inout JSONObject) throws
  /// Turns the configuration that the properties have written into Keras's.
  static func toKeras(_ config: inout JSONObject) throws
}

extension KerasMapped {
  static var kerasClass: String? { nil }
  static var kerasKeys: [String: String] { [:] }
  static func fromKeras(_ config: inout JSONObject) throws {}
  static func toKeras(_ config: inout JSONObject) throws {}
}

extension JSONObject {
  /// Writes a list of one number as the number.
  mutating func unwrap(_ key: String) {
    if case .array(let values) = self[key], values.count == 1 { self[key] = values[0] }
  }
  /// Sets what an older file does not have.
  mutating func setDefault(_ key: String, _ value: JSONValue) { if self[key] == nil { self[key] = value } }
}

extension Embedding: KerasMapped {
  static func fromKeras(_ config: inout JSONObject) throws { config["input_length"] = nil }
}

extension LayerNormalization: KerasMapped {
  static func toKeras(_ config: inout JSONObject) throws { config.unwrap("axis") }
}

extension UpSampling1D: KerasMapped {
  static func toKeras(_ config: inout JSONObject) throws { config.unwrap("size") }
}

extension PReLU: KerasMapped {
  static func fromKeras(_ config: inout JSONObject) throws {
    if config["shared_axes"] == .null { config["shared_axes"] = .array([]) }
  }
  static func toKeras(_ config: inout JSONObject) throws {
    if config["shared_axes"] == .array([]) { config["shared_axes"] = .null }
  }
}

extension LeakyReLU: KerasMapped {
  // Keras 2 has alpha.
  static func fromKeras(_ config: inout JSONObject) throws { config.rename("alpha", to: "negative_slope") }
}

extension SeparableConvolution: KerasMapped {
  static func fromKeras(_ config: inout JSONObject) throws { KerasLegacy.dropKernelOptions(&config) }
}
extension DepthwiseConvolution: KerasMapped {
  static func fromKeras(_ config: inout JSONObject) throws { KerasLegacy.dropKernelOptions(&config) }
}

/// What Keras 2 wrote and Keras 3 does not.
enum KerasLegacy {
  /// Separable convolutions had the options of the kernel that they do not have.
  static func dropKernelOptions(_ config: inout JSONObject) {
    for key in ["kernel_initializer", "kernel_regularizer", "kernel_constraint", "groups"] { config[key] = nil }
  }
}

extension Dot: KerasMapped {
  // One axis for both inputs.
  static func fromKeras(_ config: inout JSONObject) throws {
    if let axis = config["axes"]?.integer { config["axes"] = .array([.integer(axis), .integer(axis)]) }
  }
}

extension Normalization: KerasMapped {
  // No axis: one mean and one variance for everything.
  static func toKeras(_ config: inout JSONObject) throws {
    guard config["axis"] == .array([]) else { return }
    config["axis"] = .null
    config.unwrap("mean")
    config.unwrap("variance")
  }
}

extension RandomShear: KerasMapped {
  // Keras writes a range around 0, and reads only its end.
  static func toKeras(_ config: inout JSONObject) throws {
    for key in ["x_factor", "y_factor"] {
      guard let range = config[key]?.array, range.count == 2, let low = range[0].number, let high = range[1].number,
        low == -high
      else { continue }
      config[key] = .number(high)
    }
  }
}

extension RandomPosterization: KerasMapped {
  // Keras counts with the factor: it must be made of integers there.
  static func toKeras(_ config: inout JSONObject) throws {
    func whole(_ value: JSONValue) -> JSONValue {
      value.number.flatMap { Int(exactly: $0) }.map { .integer($0) } ?? value
    }
    guard let factor = config["factor"] else { return }
    config["factor"] = factor.array.map { .array($0.map(whole)) } ?? whole(factor)
  }
}

// None stands for the input's own size, which is -1 here.
extension Dropout: KerasMapped {
  static func fromKeras(_ config: inout JSONObject) throws {
    config["noise_shape"] = config["noise_shape"]?.array.map { .array($0.map { $0.isNull ? .integer(-1) : $0 }) }
  }
  static func toKeras(_ config: inout JSONObject) throws {
    guard let sizes = config["noise_shape"]?.array else { return }
    config["noise_shape"] = .array(sizes.map { $0 == .integer(-1) ? .null : $0 })
  }
}

// One pair of numbers, not a list of pairs.
extension ZeroPadding1D: KerasMapped {
  static func fromKeras(_ config: inout JSONObject) throws { config.wrapPair("padding") }
  static func toKeras(_ config: inout JSONObject) throws { config.unwrap("padding") }
}
extension Cropping1D: KerasMapped {
  static func fromKeras(_ config: inout JSONObject) throws { config.wrapPair("cropping") }
  static func toKeras(_ config: inout JSONObject) throws { config.unwrap("cropping") }
}

extension JSONObject {
  /// Makes a list of pairs of one pair.
  fileprivate mutating func wrapPair(_ key: String) {
    if case .array(let values) = self[key], values.allSatisfy({ $0.integer != nil }) {
      self[key] = .array([.array(values)])
    }
  }
}

// MARK: - Optimizers and schedules

extension Adagrad: KerasMapped {
  static var kerasKeys: [String: String] { ["initialAccumulator": "initial_accumulator_value"] }
}

private let rateKeys = ["initialRate": "initial_learning_rate", "endRate": "end_learning_rate"]

extension ExponentialDecay: KerasMapped {
  static var kerasKeys: [String: String] { rateKeys }
  static func fromKeras(_ config: inout JSONObject) throws { config.setDefault("staircase", .bool(false)) }
}
extension InverseTimeDecay: KerasMapped {
  static var kerasKeys: [String: String] { rateKeys }
  static func fromKeras(_ config: inout JSONObject) throws { config.setDefault("staircase", .bool(false)) }
}
extension PolynomialDecay: KerasMapped {
  static var kerasKeys: [String: String] { rateKeys.merging(["cycles": "cycle"]) { $1 } }
}
extension PiecewiseConstantDecay: KerasMapped {
  static var kerasKeys: [String: String] { ["rates": "values"] }
}
extension CosineDecayRestarts: KerasMapped {
  static var kerasKeys: [String: String] {
    rateKeys.merging(["lengthFactor": "t_mul", "heightFactor": "m_mul"]) { $1 }
  }
}
extension CosineDecay: KerasMapped {
  static var kerasKeys: [String: String] { rateKeys }
  static func fromKeras(_ config: inout JSONObject) throws {
    if let rate = config["warmup_target"]?.number {
      config["warmup"] = .object(["rate": .number(rate), "steps": config["warmup_steps"] ?? .integer(0)])
    }
    config["warmup_target"] = nil
    config["warmup_steps"] = nil
  }
  static func toKeras(_ config: inout JSONObject) throws {
    config["warmup_target"] = config["warmup"]?["rate"] ?? .null
    config["warmup_steps"] = config["warmup"]?["steps"].integer.map { .integer($0) } ?? .integer(0)
    config["warmup"] = nil
  }
}

// MARK: - Losses and metrics

extension Huber: KerasMapped {
  // Keras 3 does not write it; its own reader then takes 1.
  static func fromKeras(_ config: inout JSONObject) throws { config.setDefault("delta", .number(1)) }
}

extension AUC: KerasMapped {
  static var kerasKeys: [String: String] { ["thresholdCount": "num_thresholds", "summation": "summation_method"] }
  static func fromKeras(_ config: inout JSONObject) throws {
    config["num_labels"] = nil
    config.setDefault("thresholds", .null)
    // A tensor of Python's.
    if let weights = config["label_weights"]?["config"]["value"].array { config["label_weights"] = .array(weights) }
  }
  // Keras counts the limits of 0 and 1 among the thresholds that are given.
  static func toKeras(_ config: inout JSONObject) throws {
    guard let limits = config["thresholds"]?.array else { return config["thresholds"] = nil }
    config["num_thresholds"] = .integer(limits.count + 2)
  }
}

/// `thresholds`, a number, a list or null for 0.5, or for whatever is among the first `top_k`.
protocol KerasThresholds: KerasMapped {}

extension KerasThresholds {
  static func fromKeras(_ config: inout JSONObject) throws {
    guard config["thresholds"]?.array == nil else { return }
    let one = config["thresholds"]?.number ?? (config["top_k"]?.integer == nil ? 0.5 : -1e10)
    config["thresholds"] = .array([.number(one)])
  }
  static func toKeras(_ config: inout JSONObject) throws {
    config.unwrap("thresholds")
    if let threshold = config["thresholds"]?.number, threshold <= -1e10 { config["thresholds"] = .null }
  }
}

extension Precision: KerasThresholds {
  static var kerasKeys: [String: String] { ["classIndex": "class_id"] }
}
extension Recall: KerasThresholds {
  static var kerasKeys: [String: String] { ["classIndex": "class_id"] }
}
extension TruePositives: KerasThresholds {}
extension TrueNegatives: KerasThresholds {}
extension FalsePositives: KerasThresholds {}
extension FalseNegatives: KerasThresholds {}

// None stands for the score of each class by itself.
extension F1Score: KerasMapped {
  static func fromKeras(_ config: inout JSONObject) throws { KerasAverage.name(&config) }
  static func toKeras(_ config: inout JSONObject) throws { KerasAverage.unname(&config) }
}
extension FBetaScore: KerasMapped {
  static func fromKeras(_ config: inout JSONObject) throws { KerasAverage.name(&config) }
  static func toKeras(_ config: inout JSONObject) throws { KerasAverage.unname(&config) }
}

private enum KerasAverage {
  static func name(_ config: inout JSONObject) {
    if config["average"]?.text == nil { config["average"] = .text(F1Score.Average.none.rawValue) }
  }
  static func unname(_ config: inout JSONObject) {
    if config["average"] == .text(F1Score.Average.none.rawValue) { config["average"] = .null }
  }
}
