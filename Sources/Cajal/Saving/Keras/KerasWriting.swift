// Keras's configurations of layers; the other direction is in KerasReading.swift.

/// What is needed to write a model's configuration: the calls of its first trace, and what is frozen.
final class KerasWriting {
  /// Calls of layers by their paths.
  private let calls: [String: [ModelTrace.LayerCall]]
  private let isTrainable: (String) -> Bool
  private(set) var place: String

  init(_ subject: String, calls: [ModelTrace.LayerCall], isTrainable: @escaping (String) -> Bool) {
    place = subject
    self.calls = Dictionary(grouping: calls, by: \.path)
    self.isTrainable = isTrainable
  }

  func misfit(expected: String, given: String, advice: String = "") -> CajalError {
    CajalError(.unsupported, place, expected: expected, given: given, advice: advice)
  }

  private func inside<Result>(_ name: String, _ className: String, _ body: () throws -> Result) rethrows -> Result {
    let outer = place
    place = "\(name) (\(className))"
    defer { place = outer }
    return try body()
  }

  // MARK: - Types

  static func shape(_ shape: Shape) -> JSONValue {
    .array([.null] + shape.dimensions.dropFirst().map { .integer($0) })
  }
  static func sample(_ shape: Shape) -> JSONValue { .array([.null] + shape.dimensions.map { .integer($0) }) }
  static let policy = JSONValue.keras("keras", "DTypePolicy", ["name": .text("float32")])

  private func shapes(_ tensors: [Tensor]) -> JSONValue {
    let all = tensors.map { Self.shape($0.shape) }
    return all.count == 1 ? all[0] : .array(all)
  }

  // MARK: - Layers

  /// A layer that stands inside another one's configuration.
  func layerObject(_ layer: any Layer) throws -> JSONValue {
    try object(layer, name: layer.name.text ?? snakeCase(type(of: layer).className), path: nil)
  }

  /// `{"module": "keras.layers", "class_name": "Dense", "config": {…}}`; a path is that of a layer of the model.
  func object(_ layer: any Layer, name: String, path: String?) throws -> JSONValue {
    let className = type(of: layer).className
    return try inside(name, className) {
      if let network = layer as? Sequential, let path { return try sequential(network, name: name, path: path) }
      if let network = layer as? Functional, let path { return try functional(network, name: name, path: path) }
      let mapped = type(of: layer) as? any KerasMapped.Type
      guard case .object(let written) = try KerasEncoder.value(of: layer, renamed: mapped?.kerasKeys ?? [:], self)
      else { throw misfit(expected: "a layer with named options", given: "\(className) has others") }
      // Some classes of Keras refuse `trainable` where they read it.
      var config: JSONObject = ["name": .text(name)]
      if let path, !isTrainable(path) { config["trainable"] = .bool(false) }
      config["dtype"] = Self.policy
      let callArguments = KerasCall.arguments(of: className)
      for key in written.keys where key != "name" && !callArguments.contains(key) { config[key] = written[key] }
      try mapped?.toKeras(&config)
      let isKeras = Self.isKeras(layer)
      var object: JSONObject = [
        "module": isKeras ? .text("keras.layers") : .null, "class_name": .text(mapped?.kerasClass ?? className),
        "config": .object(config), "registered_name": isKeras ? .null : .text("Cajal>\(className)"),
      ]
      if let path, let call = calls[path]?.first {
        let inputs = Self.takesList(layer) ? call.inputs : Array(call.inputs.prefix(1))
        let isBuiltByCalls = KerasCall.spreads.contains(className) || call.inputs.isEmpty
        if !isBuiltByCalls { object["build_config"] = .object(["input_shape": shapes(inputs)]) }
      }
      return .object(object)
    }
  }

  /// Whether Keras has a layer of that name: the built-in ones have, but for a few.
  private static func isKeras(_ layer: any Layer) -> Bool {
    let own = [
      "SumPooling", "LocalResponse", "LocalContrast", "MaxUnpooling", "Deformable", "Dynamic",
      "MaskingNoise", "SaltAndPepper", "SparsityTarget", "GaussianLatent", "Contractive",
    ]
    let name = type(of: layer).className
    return LayerRegistry.builtIn.contains { $0.className == name } && !own.contains { name.hasPrefix($0) }
  }

  // MARK: - Sequential

  private func sequential(_ network: Sequential, name: String, path: String) throws -> JSONValue {
    let names = try Functional.names(of: network.layers)
    var layers: [JSONValue] = []
    var input = JSONValue.null
    for (layer, own) in zip(network.layers, names) {
      let inner = path.isEmpty ? own : path + "/" + own
      if layers.isEmpty, let given = calls[inner]?.first?.inputs.first {
        input = Self.shape(given.shape)
        layers.append(inputLayer(unused("input_layer", names), input, given.dtype, inNetwork: false))
      }
      layers.append(try object(layer, name: own, path: inner))
    }
    let config: JSONObject = [
      "name": .text(name), "trainable": .bool(path.isEmpty || isTrainable(path)), "dtype": Self.policy,
      "layers": .array(layers), "build_input_shape": input,
    ]
    return .object([
      "module": .text("keras"), "class_name": .text("Sequential"), "config": .object(config),
      "registered_name": .null, "build_config": .object(["input_shape": input]), "compile_config": .object([:]),
    ])
  }

  private func unused(_ base: String, _ names: [String]) -> String {
    let taken = Set(names)
    return ([base] + (1...max(taken.count, 1)).map { "\(base)_\($0)" }).first { !taken.contains($0) } ?? base
  }

  private func inputLayer(_ name: String, _ shape: JSONValue, _ dtype: DType, inNetwork: Bool) -> JSONValue {
    var object: JSONObject = [
      "module": .text("keras.layers"), "class_name": .text("InputLayer"),
      "config": .object([
        "batch_shape": shape, "dtype": .text(dtype.rawValue), "sparse": .bool(false), "ragged": .bool(false),
        "name": .text(name), "optional": .bool(false),
      ]), "registered_name": .null,
    ]
    if inNetwork {
      object["name"] = .text(name)
      object["inbound_nodes"] = .array([])
    }
    return .object(object)
  }

  // MARK: - Functional

  private func functional(_ network: Functional, name: String, path: String) throws -> JSONValue {
    let names = network.layers.map { $0.name.text ?? snakeCase(type(of: $0).className) }
    let order = KerasOrder(network)
    var numbers: [Int] = []  // of each call among the calls of its layer that are kept
    var counts = [Int](repeating: 0, count: names.count)
    for (index, call) in network.calls.enumerated() {
      numbers.append(counts[call.layer])
      if order.reached.contains(network.inputs.count + index) { counts[call.layer] += 1 }
    }
    /// The call of the trace that a call of the network was.
    var seen = [Int](repeating: 0, count: names.count)
    let traced = network.calls.map { call -> ModelTrace.LayerCall? in
      let own = path.isEmpty ? names[call.layer] : path + "/" + names[call.layer]
      defer { seen[call.layer] += 1 }
      let known = calls[own] ?? []
      return known.indices.contains(seen[call.layer]) ? known[seen[call.layer]] : nil
    }
    let inputNames = network.inputs.map { unused($0.name, names) }
    func history(_ place: Functional.Place, isOutput: Bool = false) -> JSONValue {
      guard place.node >= network.inputs.count else {
        return .array([.text(inputNames[place.node]), .integer(0), .integer(0)])
      }
      let index = place.node - network.inputs.count
      let layer = network.calls[index].layer
      // Keras counts the calls of a functional model from 1 where it is an output.
      let offset = isOutput && network.layers[layer] is Functional ? 1 : 0
      return .array([.text(names[layer]), .integer(numbers[index] + offset), .integer(place.output)])
    }
    func tensor(_ place: Functional.Place) throws -> JSONValue {
      let shape: JSONValue
      let dtype: DType
      if place.node < network.inputs.count {
        shape = Self.sample(network.inputs[place.node].shape)
        dtype = network.inputs[place.node].dtype
      } else if let output = traced[place.node - network.inputs.count]?.outputs.dropFirst(place.output).first {
        shape = Self.shape(output.shape)
        dtype = output.dtype
      } else {
        throw misfit(expected: "a layer that was called", given: "there is no call of it in the model's trace")
      }
      return .object([
        "class_name": .text("__keras_tensor__"),
        "config": .object(["shape": shape, "dtype": .text(dtype.rawValue), "keras_history": history(place)]),
      ])
    }
    let layers = try order.operations.map { operation -> JSONValue in
      switch operation {
      case .input(let index):
        let given = network.inputs[index]
        return inputLayer(inputNames[index], Self.sample(given.shape), given.dtype, inNetwork: true)
      case .layer(let index):
        let inner = path.isEmpty ? names[index] : path + "/" + names[index]
        let layer = network.layers[index]
        let nodes = try network.calls.enumerated().filter {
          $1.layer == index && order.reached.contains(network.inputs.count + $0)
        }.map { try node(layer, $1.inputs.map(tensor)) }
        guard case .object(var object) = try described(layer, names[index], inner) else { return .null }
        object["name"] = .text(names[index])
        object["inbound_nodes"] = .array(nodes)
        return .object(object)
      }
    }
    func list(_ places: [JSONValue]) -> JSONValue { places.count == 1 ? places[0] : .array(places) }
    let config: JSONObject = [
      "name": .text(name), "trainable": .bool(path.isEmpty || isTrainable(path)), "layers": .array(layers),
      "input_layers": list(network.inputs.indices.map { history(Functional.Place($0)) }),
      "output_layers": list(network.outputs.map { history($0, isOutput: true) }),
    ]
    return .object([
      "module": .text("keras.src.models.functional"), "class_name": .text("Functional"), "config": .object(config),
      "registered_name": .text("Functional"), "build_config": .object(["input_shape": .null]),
      "compile_config": .object([:]),
    ])
  }

  private func described(_ layer: any Layer, _ name: String, _ path: String) throws -> JSONValue {
    guard let operation = layer as? TensorOperation else { return try object(layer, name: name, path: path) }
    let function = operation.function
    return .object([
      "module": .text(function.kerasModule), "class_name": .text(function.kerasClass),
      "config": .object(["name": .text(name)]), "registered_name": .text(function.kerasClass),
    ])
  }

  /// What a call is given, as Keras's signature of the layer asks for it.
  private func node(_ layer: any Layer, _ tensors: [JSONValue]) throws -> JSONValue {
    var args: [JSONValue]
    if let operation = layer as? TensorOperation {
      var rest = tensors[...]
      args = operation.constants.map { $0.map { .number($0) } ?? rest.popFirst() ?? .null }
    } else if KerasCall.spreads.contains(type(of: layer).className) {
      args = tensors
    } else if Self.takesList(layer) || (layer is Functional && tensors.count > 1) {
      args = [.array(tensors)]
    } else {
      args = Array(tensors.prefix(1))
    }
    var kwargs: JSONObject = [:]
    if !args.isEmpty, args.count == 1, args[0].array == nil, tensors.count > 1 {
      kwargs["initial_state"] = .array(Array(tensors.dropFirst()))  // of recurrent layers
    }
    let callArguments = KerasCall.arguments(of: type(of: layer).className)
    if !callArguments.isEmpty, case .object(let written) = try KerasEncoder.value(of: layer, self) {
      for key in callArguments where written[key] != .bool(false) { kwargs[key] = written[key] }
    }
    return .object(["args": .array(args), "kwargs": .object(kwargs)])
  }

  private static func takesList(_ layer: any Layer) -> Bool {
    func input<Asked: Layer>(_ layer: Asked) -> Bool { Asked.Input.self == [Tensor].self && !(layer is Functional) }
    return input(layer)
  }
}

/// What Keras gives layers when they are called, and Cajal's layers have as properties.
enum KerasCall {
  /// Layers that take their tensors one by one, not as a list.
  static let spreads: Set<String> = ["MultiHeadAttention", "GroupQueryAttention"]

  static func arguments(of className: String) -> [String] {
    switch className {
    case "MultiHeadAttention", "GroupQueryAttention", "Attention", "AdditiveAttention":
      return ["use_causal_mask", "return_attention_scores"]
    case "ReversibleEmbedding": return ["reverse"]
    default: return []
    }
  }
}

/// The order in which Keras keeps the layers of a functional network: by their distance from the outputs, then as a walk
/// from the outputs meets them. It decides about the names of weights in files.
struct KerasOrder {
  enum Operation: Hashable {
    case input(Int)
    case layer(Int)
  }

  private(set) var operations: [Operation] = []
  /// Nodes that lead to an output: inputs first, then calls.
  private(set) var reached: Set<Int> = []

  init(_ network: Functional) {
    let inputs = network.inputs.count
    func operation(_ node: Int) -> Operation {
      node < inputs ? .input(node) : .layer(network.calls[node - inputs].layer)
    }
    func sources(_ node: Int) -> [Int] { node < inputs ? [] : network.calls[node - inputs].inputs.map(\.node) }

    var met: [Operation: Int] = [:]
    var fromInputs: [Int] = []
    for output in network.outputs where !reached.contains(output.node) {
      // A walk in depth, with the place in each node's sources kept by hand.
      var stack = [(node: output.node, next: 0)]
      reached.insert(output.node)
      if met[operation(output.node)] == nil { met[operation(output.node)] = met.count }
      while let (node, next) = stack.last {
        let all = sources(node)
        guard next < all.count else {
          fromInputs.append(node)
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        guard reached.insert(all[next]).inserted else { continue }
        if met[operation(all[next])] == nil { met[operation(all[next])] = met.count }
        stack.append((all[next], 0))
      }
    }
    var depths: [Int: Int] = [:]
    var ofOperation: [Operation: Int] = [:]
    for node in fromInputs.reversed() {
      let depth = max(depths[node] ?? 0, ofOperation[operation(node)] ?? 0)
      ofOperation[operation(node)] = depth
      depths[node] = depth
      for source in sources(node) { depths[source] = max(depth + 1, depths[source] ?? 0) }
    }
    for input in 0..<inputs where ofOperation[.input(input)] == nil {
      ofOperation[.input(input)] = 0
      met[.input(input)] = -1
    }
    operations = ofOperation.keys.sorted { a, b in
      let (x, y) = (ofOperation[a] ?? 0, ofOperation[b] ?? 0)
      if x != y { return x > y }
      let (p, q) = (met[a] ?? 0, met[b] ?? 0)
      if p != q { return p < q }
      if case .input(let i) = a, case .input(let j) = b { return i < j }
      return false
    }
  }
}
