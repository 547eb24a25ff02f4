// Values with a form of their own in Keras: names, initializers, regularizers, activations, layers inside layers.

extension JSONValue {
  /// The shortest number that is this one as a float.
  static func float(_ value: Float) -> JSONValue { .number(Double("\(value)") ?? Double(value)) }

  /// An object of Keras: `{"module": …, "class_name": …, "config": {…}, "registered_name": null}`.
  static func keras(_ module: String, _ className: String, _ config: JSONObject) -> JSONValue {
    .object([
      "module": .text(module), "class_name": .text(className), "config": .object(config), "registered_name": .null,
    ])
  }

  /// Class name and configuration of an object of Keras, or a bare name.
  var kerasClass: (name: String, config: JSONObject)? {
    if let name = text { return (name, [:]) }
    guard let name = self["class_name"].text else { return nil }
    return (name, self["config"].object ?? [:])
  }
}

extension LayerName: KerasValue {
  init(keras value: JSONValue, _ reading: KerasReading) { self.init(value.text) }
  func kerasValue(_ writing: KerasWriting) -> JSONValue { text.map { .text($0) } ?? .null }
}

extension LayerEntry: KerasValue {
  init(keras value: JSONValue, _ reading: KerasReading) throws { self.init(try reading.layer(value)) }
  func kerasValue(_ writing: KerasWriting) throws -> JSONValue { try writing.layerObject(layer) }
}

extension ActivationFunction: KerasValue {
  private static let kerasModule = "keras.activations"
  private static let kerasAliases = ["softsign": "softsign", "swish": "silu", "gelu_new": "gelu"]

  init(keras value: JSONValue, _ reading: KerasReading) throws {
    guard !value.isNull else {
      self = .linear
      return
    }
    guard let (name, config) = value.kerasClass, value["module"].text != "builtins" || value["config"].text != nil
    else {
      throw reading.misfit(expected: "an activation", given: "it is \(value.excerpt)")
    }
    // A function: {"module": "builtins", "class_name": "function", "config": "relu"}.
    let plain = value["config"].text ?? name
    var options: [String: Double] = [:]
    for key in config.keys where config[key]?.number != nil && key != "name" { options[key] = config[key]?.number }
    do {
      try self.init(named: snakeCase(plain) == "re_lu" ? "relu" : Self.named(plain), options: options)
    } catch {
      throw reading.misfit(
        .unsupported, expected: "an activation that Cajal has", given: "it is \(value.excerpt)",
        advice: "A function of your own is a layer of your own.")
    }
  }

  private static func named(_ name: String) -> String {
    let known = Set(all.map(\.name))
    if known.contains(name) { return name }
    let snake = snakeCase(name).replacingOccurrences(of: "re_lu", with: "relu")
    return kerasAliases[snake] ?? snake
  }

  func kerasValue(_ writing: KerasWriting) throws -> JSONValue {
    if self == ActivationFunction(name) { return .text(name) }
    // Keras has functions with numbers of their own as layers.
    let layers = ["leaky_relu": "LeakyReLU", "elu": "ELU", "softmax": "Softmax"]
    guard let className = layers[name] else {
      throw writing.misfit(
        expected: "activations that Keras writes", given: "\(name) has the options \(options)",
        advice: "Use its usual options, or a layer of its own.")
    }
    var config = JSONObject()
    for (key, value) in options.sorted(by: { $0.key < $1.key }) {
      config[key] = key == "axis" ? .integer(Int(value)) : .number(value)
    }
    return .keras("keras.layers", className, config)
  }
}

extension Initializer: KerasValue {
  init(keras value: JSONValue, _ reading: KerasReading) throws {
    guard let (name, config) = value.kerasClass else {
      throw reading.misfit(expected: "an initializer", given: "it is \(value.excerpt)")
    }
    func number(_ key: String, _ usual: Float) -> Float { config[key]?.number.map { Float($0) } ?? usual }
    switch name == "STFT" ? "stft" : snakeCase(name) {
    case "zeros": self = .zeros
    case "ones": self = .ones
    case "constant": self = .constant(number("value", 0))
    case "glorot_uniform": self = .glorotUniform
    case "glorot_normal": self = .glorotNormal
    case "he_uniform": self = .heUniform
    case "he_normal": self = .heNormal
    case "lecun_uniform": self = .lecunUniform
    case "lecun_normal": self = .lecunNormal
    case "random_uniform", "uniform":
      self = .randomUniform(lower: number("minval", -0.05), upper: number("maxval", 0.05))
    case "random_normal", "normal": self = .randomNormal(mean: number("mean", 0), deviation: number("stddev", 0.05))
    case "truncated_normal":
      self = .truncatedNormal(mean: number("mean", 0), deviation: number("stddev", 0.05))
    case "variance_scaling": self = Self.scaling(config, reading)
    case "identity", "identity_initializer": self = .identity(gain: number("gain", 1))
    case "orthogonal", "orthogonal_initializer": self = .orthogonal(gain: number("gain", 1))
    case "stft": self = Self.form("STFT", config, reading) ?? Self.other(value, reading)
    default: self = Self.other(value, reading)
    }
    if let seed = config["seed"]?.integer { self = seeded(seed) }
  }

  /// An initializer that has a form of the same name here; nil for one that has none.
  private static func form(_ name: String, _ config: JSONObject, _ reading: KerasReading) -> Initializer? {
    let property = name == "STFT" ? "stft" : name.prefix(1).lowercased() + name.dropFirst()
    var arguments = config
    arguments["seed"] = nil
    let value: JSONValue = .object([kerasKey(property): .object(arguments)])
    return try? Initializer(from: KerasDecoder(value: value, reading: KerasReading(reading.place)))
  }

  /// Another initializer only loses what new weights begin with.
  private static func other(_ value: JSONValue, _ reading: KerasReading) -> Initializer {
    let (name, config) = value.kerasClass ?? ("", [:])
    if let known = form(name, config, reading) { return known }
    reading.note("the initializer \(name.prefix(40)) is read as glorot_uniform; this concerns new weights alone")
    return .glorotUniform
  }

  private static func scaling(_ config: JSONObject, _ reading: KerasReading) -> Initializer {
    let scale = config["scale"]?.number ?? 1
    let given = config["distribution"]?.text ?? "truncated_normal"
    guard let mode = FanMode(rawValue: config["mode"]?.text ?? "fan_in"), scale > 0,
      let distribution = Distribution(rawValue: given == "normal" ? "truncated_normal" : given)  // as Keras 2 calls it
    else {
      reading.note("variance scaling of another kind is read as glorot_uniform; this concerns new weights alone")
      return .glorotUniform
    }
    return .varianceScaling(scale: scale, mode: mode, distribution: distribution)
  }

  func kerasValue(_ writing: KerasWriting) throws -> JSONValue {
    func object(_ name: String, _ config: JSONObject) -> JSONValue { .keras("keras.initializers", name, config) }
    switch self {
    case .zeros: return object("Zeros", [:])
    case .ones: return object("Ones", [:])
    case .constant(let value): return object("Constant", ["value": .float(value)])
    case .glorotUniform: return object("GlorotUniform", ["seed": .null])
    case .glorotNormal: return object("GlorotNormal", ["seed": .null])
    case .heUniform: return object("HeUniform", ["seed": .null])
    case .heNormal: return object("HeNormal", ["seed": .null])
    case .lecunUniform: return object("LecunUniform", ["seed": .null])
    case .lecunNormal: return object("LecunNormal", ["seed": .null])
    case .randomUniform(let lower, let upper):
      return object("RandomUniform", ["minval": .float(lower), "maxval": .float(upper), "seed": .null])
    case .randomNormal(let mean, let deviation):
      return object("RandomNormal", ["mean": .float(mean), "stddev": .float(deviation), "seed": .null])
    case .truncatedNormal(let mean, let deviation):
      return object("TruncatedNormal", ["mean": .float(mean), "stddev": .float(deviation), "seed": .null])
    case .seeded(let initializer, let seed):
      let value = try initializer.kerasValue(writing)
      guard var object = value.object, var config = object["config"]?.object, config["seed"] != nil else {
        return value
      }
      config["seed"] = .integer(seed)
      object["config"] = .object(config)
      return .object(object)
    default: return try otherValue(writing)
    }
  }

  /// A form of the same name in Keras; given values have none, and are in the weights besides.
  private func otherValue(_ writing: KerasWriting) throws -> JSONValue {
    if case .values = self { return .keras("keras.initializers", "Zeros", [:]) }
    struct Plain: Encodable {
      let initializer: Initializer
      func encode(to encoder: Encoder) throws { try initializer.encode(to: encoder) }
    }
    guard let form = try KerasEncoder.value(of: Plain(initializer: self), writing).object, let key = form.keys.first
    else { return .keras("keras.initializers", "Zeros", [:]) }
    let name =
      key == "stft" ? "STFT" : key.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    var config = form[key]?.object ?? [:]
    if name == "VarianceScaling" || name == "Orthogonal" { config["seed"] = .null }
    return .keras("keras.initializers", name, config)
  }
}

extension Regularizer: KerasValue {
  init(keras value: JSONValue, _ reading: KerasReading) throws {
    guard let (name, config) = value.kerasClass else {
      throw reading.misfit(expected: "a regularizer", given: "it is \(value.excerpt)")
    }
    func number(_ key: String, _ usual: Float = 0) -> Float { config[key]?.number.map { Float($0) } ?? usual }
    switch name.lowercased() {
    case "l1": self.init(l1: number("l1", 0.01))
    case "l2": self.init(l2: number("l2", 0.01))
    case "l1l2", "l1_l2": self.init(l1: number("l1"), l2: number("l2"))
    case "orthogonalregularizer", "orthogonal_regularizer", "orthogonal":
      self.init()
      orthogonal = OrthogonalRegularizer(
        factor: number("factor", 0.01), mode: config["mode"]?.text == "columns" ? .columns : .rows)
    default:
      throw reading.misfit(
        .unsupported, expected: "regularizers L1, L2, L1L2 or OrthogonalRegularizer",
        given: "it is \(name.prefix(60))")
    }
  }

  func kerasValue(_ writing: KerasWriting) throws -> JSONValue {
    if let orthogonal {
      guard l1 == 0, l2 == 0 else {
        throw writing.misfit(
          expected: "one kind of penalty on a parameter, as Keras has", given: "there are two",
          advice: "Save it to a folder: a path that ends in .cajal.")
      }
      return .keras(
        "keras.regularizers", "OrthogonalRegularizer",
        ["factor": .float(orthogonal.factor), "mode": .text(orthogonal.mode.rawValue)])
    }
    if l1 == 0 { return .keras("keras.regularizers", "L2", ["l2": .float(l2)]) }
    if l2 == 0 { return .keras("keras.regularizers", "L1", ["l1": .float(l1)]) }
    return .keras("keras.regularizers", "L1L2", ["l1": .float(l1), "l2": .float(l2)])
  }
}

extension Constraint: KerasValue {
  init(keras value: JSONValue, _ reading: KerasReading) throws {
    guard let (name, config) = value.kerasClass else {
      throw reading.misfit(expected: "a constraint", given: "it is \(value.excerpt)")
    }
    func number(_ key: String, _ usual: Double) -> Double { config[key]?.number ?? usual }
    let given = config["axis"] ?? .integer(0)
    let axis = try (given.array ?? [given]).map { value in
      guard let axis = value.integer, (-64...64).contains(axis) else {
        throw reading.misfit(expected: "axes of a constraint", given: "there is \(value.excerpt)")
      }
      return axis
    }
    switch snakeCase(name) {
    case "max_norm": self = .maxNorm(maxValue: number("max_value", 2), axis: axis)
    case "min_max_norm":
      self = .minMaxNorm(
        minValue: number("min_value", 0), maxValue: number("max_value", 1), rate: number("rate", 1), axis: axis)
    case "non_neg": self = .nonNeg
    case "unit_norm": self = .unitNorm(axis: axis)
    default:
      throw reading.misfit(
        .unsupported, expected: "constraints MaxNorm, MinMaxNorm, NonNeg or UnitNorm",
        given: "it is \(name.prefix(60))")
    }
  }

  func kerasValue(_ writing: KerasWriting) throws -> JSONValue {
    func axes(_ axis: [Int]) -> JSONValue {
      axis.count == 1 ? .integer(axis[0]) : .array(axis.map { .integer($0) })
    }
    func object(_ name: String, _ config: JSONObject) -> JSONValue { .keras("keras.constraints", name, config) }
    switch self {
    case .nonNeg: return object("NonNeg", [:])
    case .unitNorm(let axis): return object("UnitNorm", ["axis": axes(axis)])
    case .maxNorm(let most, let axis): return object("MaxNorm", ["max_value": .number(most), "axis": axes(axis)])
    case .minMaxNorm(let least, let most, let rate, let axis):
      return object(
        "MinMaxNorm",
        ["min_value": .number(least), "max_value": .number(most), "rate": .number(rate), "axis": axes(axis)])
    }
  }
}

extension Padding: KerasValue {
  init(keras value: JSONValue, _ reading: KerasReading) throws {
    switch value.text?.lowercased() {
    case "valid": self = .valid
    case "same": self = .same
    case "causal": self = .causal
    default:
      throw reading.misfit(expected: "padding valid, same or causal", given: "it is \(value.excerpt)")
    }
  }

  func kerasValue(_ writing: KerasWriting) throws -> JSONValue {
    switch self {
    case .valid: return .text("valid")
    case .same: return .text("same")
    case .causal: return .text("causal")
    default:
      throw writing.misfit(
        expected: "padding that Keras has", given: "it is \(self)", advice: "Put a padding layer before it.")
    }
  }
}
