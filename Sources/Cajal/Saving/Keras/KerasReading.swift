// Layers from Keras's configurations.

/// What is met while a configuration is read: where one is, what cannot be kept as it was, what is frozen.
final class KerasReading {
  /// What people should know of: dtype policies that are computed in float32.
  private(set) var notes: [String] = []
  /// Paths of layers that are not trained.
  private(set) var frozen: Set<String> = []
  /// Sizes of samples that stand in for those the file leaves open, by the order of inputs.
  var givenShapes: [Shape] = []
  /// What Keras puts before the paths of weights.
  var modelName = ""
  /// The layer that is being read, for messages.
  private(set) var place: String
  /// Names of the networks around the layer.
  private var path: [String] = []
  private var depth = 0
  private var layerCount = 0

  private static let deepest = 32
  private static let mostLayers = 100_000

  init(_ subject: String) { place = subject }

  func note(_ text: String) { if notes.count < 100, !notes.contains(text) { notes.append(text) } }

  func misfit(_ kind: CajalError.Kind = .format, expected: String, given: String, advice: String = "") -> CajalError {
    CajalError(kind, place, expected: expected, given: given, advice: advice)
  }

  /// Runs a part of the reading in the name of a layer.
  func inside<Result>(_ name: String, _ className: String, _ body: () throws -> Result) throws -> Result {
    let outer = place
    place = "\(name.prefix(80)) (\(className.prefix(80)))"
    depth += 1
    layerCount += 1
    defer {
      place = outer
      depth -= 1
    }
    guard depth <= Self.deepest, layerCount <= Self.mostLayers else {
      throw misfit(
        expected: "at most \(Self.deepest) layers inside one another and \(Self.mostLayers) in all",
        given: "there are more")
    }
    return try body()
  }

  /// Runs a part of the reading inside a network of that name.
  func within<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    path.append(name)
    defer { path.removeLast() }
    return try body()
  }

  func path(of name: String) -> String { (path + [name]).joined(separator: "/") }

  // MARK: - Layers

  /// Name, class and configuration of a layer's object.
  func parts(_ value: JSONValue) throws -> (name: String, className: String, config: JSONObject) {
    guard let className = value["class_name"].text, let config = value["config"].object else {
      throw misfit(expected: "a layer with class_name and config", given: "it is \(value.excerpt)")
    }
    return (config["name"]?.text ?? value["name"].text ?? snakeCase(className), className, config)
  }

  /// One layer: `{"class_name": "Dense", "config": {…}}`.
  ///
  /// - Parameter options: What the layer is given when it is called, where that is no tensor.
  func layer(_ value: JSONValue, options: JSONObject = [:]) throws -> any Layer {
    var (name, className, config) = try parts(value)
    for key in options.keys { config[key] = options[key] }
    return try inside(name, className) {
      if config["trainable"] == .bool(false) { frozen.insert(path(of: name)) }
      notePolicy(config["dtype"] ?? .null, name)
      if isNetwork(className, config) { return try within(name) { try network(value).network } }
      return try built(type(className, value), config, name)
    }
  }

  /// Whether the configuration is that of a network of layers.
  func isNetwork(_ className: String, _ config: JSONObject) -> Bool {
    config["layers"]?.array != nil && ["Sequential", "Functional", "Model"].contains(className)
  }

  private func unknown(_ className: String, _ value: JSONValue) -> CajalError {
    let registered = value["registered_name"].text ?? className
    return misfit(
      .missing, expected: "a known class of layers", given: "it is \(registered.prefix(80))",
      advice: "Register your own before reading: LayerRegistry.register(\(className.prefix(80)).self).")
  }

  private func type(_ className: String, _ value: JSONValue) throws -> any Layer.Type {
    if className == "Lambda" {
      throw misfit(
        .unsupported, expected: "layers that are data", given: "a Lambda is code of Python, which is never run",
        advice: "Replace it in Python by layers, or by a class of its own that is registered here under its name.")
    }
    let module = value["module"].text ?? "keras.layers"
    let registered = value["registered_name"].text?.split(separator: ">").last.map(String.init)
    let name = module.hasPrefix("keras") ? className : registered ?? className
    guard let type = try? LayerRegistry.type(named: name) else { throw unknown(className, value) }
    return type
  }

  private func built<Built: Layer>(_ type: Built.Type, _ config: JSONObject, _ name: String) throws -> any Layer {
    var config = config
    for key in ["trainable", "dtype", "batch_input_shape", "batch_shape"] { config[key] = nil }
    if let format = config["data_format"] {
      guard format.isNull || format.text == "channels_last" else {
        throw misfit(
          .unsupported, expected: "data_format channels_last", given: "it is \(format.excerpt)",
          advice: "Rebuild the model with channels_last in Python; the weights of convolutions are the same.")
      }
      config["data_format"] = nil
    }
    config["name"] = .text(name)
    var layer = try decoded(type, config)
    layer.name = LayerName(name)
    return layer
  }

  /// A value from its configuration; what it does not know must be neutral.
  func decoded<Value: Decodable>(_ type: Value.Type, _ config: JSONObject) throws -> Value {
    var config = config
    let mapped = type as? any KerasMapped.Type
    try mapped?.fromKeras(&config)
    var decoder = KerasDecoder(value: .object(config), reading: self)
    decoder.renamed = mapped?.kerasKeys ?? [:]
    let value = try decoder.decode(type)
    for key in config.keys where !decoder.use.keys.contains(key) && key != "name" {
      let given = config[key] ?? .null
      guard Self.isNeutral(key, given) else {
        throw misfit(
          .unsupported, expected: "options that Cajal has", given: "\(key.prefix(60)) is \(given.excerpt)")
      }
    }
    return value
  }

  /// Options that change nothing at these values.
  private static func isNeutral(_ key: String, _ value: JSONValue) -> Bool {
    switch value {
    case .null, .bool(false), .integer(0): return true
    case .number(let number) where number == 0: return true
    case .array(let values) where values.isEmpty: return true
    default: break
    }
    let plain: [String: JSONValue] = [
      "renorm_momentum": .number(0.99), "fused": .bool(true), "interpolation": .text("nearest"),
      "implementation": .integer(2), "reduction": .text("sum_over_batch_size"), "axis": .integer(-1),
      "ema_momentum": .number(0.99), "jit_compile": .bool(true), "dtype": .text("float32"),
    ]
    return ["seed", "shared_object_id", "is_legacy_optimizer"].contains(key) || plain[key] == value
  }

  private func notePolicy(_ dtype: JSONValue, _ name: String) {
    let policy = dtype.text ?? dtype["config"]["name"].text ?? "float32"
    guard policy != "float32", !policy.hasPrefix("int"), policy != "string", policy != "bool" else { return }
    note("\(path(of: name)): its dtype policy is \(policy.prefix(40)); Cajal computes it in float32")
  }

  // MARK: - Inputs

  private var inputCount = 0

  /// The type of one sample of an input layer.
  func input(_ config: JSONObject) throws -> TensorType {
    let shape = config["batch_shape"] ?? config["batch_input_shape"] ?? .null
    let dtype: DType
    switch config["dtype"]?.text ?? config["dtype"]?["config"]["name"].text ?? "float32" {
    case "int32", "int16", "uint16", "uint32": dtype = .int32
    case "int64": dtype = .int64
    case "uint8": dtype = .uint8
    case "bool": dtype = .bool
    default: dtype = .float32
    }
    return TensorType(try sample(shape), dtype)
  }

  /// Sizes of one sample from a batch's; open ones are those that the caller gave, for the outermost inputs.
  func sample(_ value: JSONValue) throws -> Shape {
    guard let sizes = value.array, !sizes.isEmpty else {
      throw misfit(expected: "the shape of a batch", given: "it is \(value.excerpt)")
    }
    var given: Shape?
    if depth <= 2 {
      given = givenShapes.indices.contains(inputCount) ? givenShapes[inputCount] : nil
      inputCount += 1
    }
    let result = Shape(
      try sizes.dropFirst().enumerated().map { axis, size in
        if size.isNull, depth > 2 { return 1 }  // a network inside takes what it is given
        if size.isNull, let given, given.rank == sizes.count - 1 { return given[axis] }
        guard let number = size.integer else {
          throw misfit(
            .unsupported, expected: "fixed sizes of a sample", given: "the shape is \(value.excerpt)",
            advice: "Give the sizes: Model.load(from: path, inputShapes: [[…]]).")
        }
        guard (0...1 << 30).contains(number) else {
          throw misfit(expected: "sizes from 0 to 2^30", given: "the shape is \(value.excerpt)")
        }
        return number
      })
    guard result.count <= 1 << 36 else {
      throw misfit(expected: "inputs of at most 2^36 elements", given: "the shape is \(value.excerpt)")
    }
    return result
  }
}
