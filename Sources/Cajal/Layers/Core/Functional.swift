/// A network of layers as data: which layers there are, what each call of one takes, and what comes out.
///
/// It is what `Model(inputs:) { … }` records of its function, and what a functional model of Keras is read as. Several
/// inputs and outputs, layers that are called more than once and networks inside networks are part of it. As a model its
/// parameters are found under the layers' names (`dense/kernel`); inside another model under its own name as well.
///
/// Shapes: as many tensors as `inputs` has → as many as `outputs`.
/// Example:
/// ```swift
/// let network = try Functional(
///   inputs: [.init("image", TensorType([8], .float32))], layers: [Dense(4, name: "encoder"), Add(name: "twice")],
///   calls: [.init(layer: 0, [.init(0)]), .init(layer: 1, [.init(1), .init(1)])], outputs: [.init(2)])
/// ```
public struct Functional: Layer {
  /// What the network takes, for one sample.
  public struct Given: Hashable, Sendable, Codable {
    /// Its name in files and summaries.
    public var name: String
    /// Sizes without the batch.
    public var shape: Shape
    /// Type of one element.
    public var dtype: DType

    /// An input by its name and the type of one sample.
    public init(_ name: String, _ type: TensorType) {
      self.name = name
      shape = type.shape
      dtype = type.dtype
    }
  }

  /// A tensor of the network: an input, or a result of a call.
  public struct Place: Hashable, Sendable, Codable {
    /// Inputs come first, then the calls in order.
    public var node: Int
    /// Which of the call's results; 0 for an input.
    public var output: Int

    /// A tensor by the number of its node and of its result.
    public init(_ node: Int, output: Int = 0) {
      self.node = node
      self.output = output
    }
  }

  /// One call of a layer.
  public struct Call: Hashable, Sendable, Codable {
    /// Which of `layers`.
    public var layer: Int
    /// What the layer is called with.
    public var inputs: [Place]

    /// A call of the layer with that number.
    public init(layer: Int, _ inputs: [Place]) {
      self.layer = layer
      self.inputs = inputs
    }
  }

  /// What the network takes.
  public let inputs: [Given]
  /// The layers, each with a name of its own.
  public let layers: [any Layer]
  /// The calls, in an order in which they can be made.
  public let calls: [Call]
  /// What the network gives.
  public let outputs: [Place]
  public var name: LayerName

  static let mostCalls = 100_000

  /// A network from its parts; layers without a name are numbered by their class.
  ///
  /// Errors: `.argument` for two equal names, and for a call that takes what comes later or is not there.
  public init(
    inputs: [Given], layers: [any Layer], calls: [Call], outputs: [Place], name: String? = nil
  ) throws {
    self.inputs = inputs
    self.calls = calls
    self.outputs = outputs
    self.name = LayerName(name)
    try Self.demandOrder(inputs, layers, calls, outputs)
    let names = try Self.names(of: layers)
    var uses = [Int](repeating: 0, count: layers.count)
    for call in calls { uses[call.layer] += 1 }
    self.layers = layers.indices.map { index in
      let layer = layers[index]
      return Self.named(layer, names[index], isShared: uses[index] > 1)
    }
  }

  public func forward(_ given: [Tensor]) throws -> [Tensor] {
    try demand(
      given.count == inputs.count, expected: "\(inputs.count) inputs", given: "there are \(given.count)")
    var values = given.map { [$0] }
    values.reserveCapacity(inputs.count + calls.count)
    func value(_ place: Place) throws -> Tensor {
      let results = values[place.node]
      if results.indices.contains(place.output) { return results[place.output] }
      if let poisoned = results.first(where: \.shape.isPoisoned) { return poisoned }
      throw CajalError(
        .argument, Self.className, expected: "result \(place.output) of call \(place.node - inputs.count)",
        given: "it has \(results.count)")
    }
    for call in calls { values.append(try layers[call.layer].called(with: call.inputs.map(value))) }
    return try outputs.map(value)
  }

  /// Applies the network to one tensor, where it takes one and gives one.
  public func callAsFunction(_ input: Tensor) -> Tensor { self([input]).first ?? input }

  // MARK: - Parts that fit

  private static func demandOrder(_ inputs: [Given], _ layers: [any Layer], _ calls: [Call], _ outputs: [Place]) throws
  {
    func demand(_ isMet: Bool, _ expected: @autoclosure () -> String, _ given: @autoclosure () -> String) throws {
      guard !isMet else { return }
      throw CajalError(.argument, className, expected: expected(), given: given())
    }
    try demand(calls.count <= mostCalls, "at most \(mostCalls) calls", "there are \(calls.count)")
    for (index, call) in calls.enumerated() {
      try demand(
        layers.indices.contains(call.layer), "one of \(layers.count) layers in call \(index)", "it is \(call.layer)")
      try demand(!call.inputs.isEmpty, "call \(index) to take a tensor", "it takes none")
      for place in call.inputs {
        try demand(
          (0..<inputs.count + index).contains(place.node) && (0..<1 << 20).contains(place.output),
          "call \(index) to take what comes before it", "it takes result \(place.output) of node \(place.node)")
      }
    }
    for place in outputs {
      try demand(
        (0..<inputs.count + calls.count).contains(place.node) && (0..<1 << 20).contains(place.output),
        "outputs among \(inputs.count + calls.count) nodes", "one is \(place.node)")
    }
  }

  /// The names that a trace would give, so that a record finds the same variables.
  static func names(of layers: [any Layer]) throws -> [String] {
    var counters: [String: Int] = [:]
    var taken: Set<String> = []
    return try layers.map { layer in
      let kind = (layer as? any SharingLayer)?.shared ?? layer
      let base = layer.name.text ?? snakeCase(type(of: kind).className)
      let number = counters[base, default: 0]
      counters[base] = number + 1
      let name = number == 0 ? base : "\(base)_\(number)"
      guard taken.insert(name).inserted, number == 0 || layer.name.text == nil else {
        throw CajalError(
          .argument, className, expected: "a name for each layer of its own",
          given: "two are called '\(base.prefix(80))'")
      }
      return name
    }
  }

  private static func named<Named: Layer>(_ layer: Named, _ name: String, isShared: Bool) -> any Layer {
    if let wrapper = layer as? any SharingLayer { return named(wrapper.shared, name, isShared: isShared) }
    var layer = layer
    layer.name = isShared ? LayerName(name, sharing: Named.className) : LayerName(name)
    return layer
  }
}

extension Layer {
  /// Calls the layer with as many tensors as it takes.
  func called(with tensors: [Tensor]) throws -> [Tensor] {
    try demand(
      tensors.contains { $0.modelTrace != nil }, expected: "tensors that depend on the network's inputs",
      given: "there are none")
    if let flexible = self as? any FlexibleLayer { return flexible.call(tensors) }
    return self(try Input(tensors: tensors)).tensors
  }
}

// In files each layer is its class name and its configuration.
extension Functional {
  private enum CodingKeys: String, CodingKey { case name, inputs, layers, calls, outputs }

  public init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      inputs: container.decode([Given].self, forKey: .inputs),
      layers: container.decode([LayerEntry].self, forKey: .layers).map(\.layer),
      calls: container.decode([Call].self, forKey: .calls),
      outputs: container.decode([Place].self, forKey: .outputs),
      name: container.decode(LayerName.self, forKey: .name).text)
  }

  public func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(inputs, forKey: .inputs)
    try container.encode(layers.map(LayerEntry.init), forKey: .layers)
    try container.encode(calls, forKey: .calls)
    try container.encode(outputs, forKey: .outputs)
  }
}
