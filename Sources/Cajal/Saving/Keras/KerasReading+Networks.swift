// Networks of layers from Keras's configurations: Sequential and Functional.

extension KerasReading {
  /// A network as Cajal has it, with the types of one sample of its inputs.
  struct Network {
    var network: any Layer
    var inputs: [TensorType]
  }

  func network(_ value: JSONValue) throws -> Network {
    let (name, className, config) = try parts(value)
    guard isNetwork(className, config) else {
      throw misfit(
        .unsupported, expected: "a Sequential or functional model",
        given: "it is a class of its own, \(className.prefix(80))",
        advice: "Rebuild it in Python with keras.Sequential or keras.Model(inputs, outputs).")
    }
    return className == "Sequential" ? try sequential(config, name) : try functional(config, name)
  }

  // MARK: - Sequential

  private func sequential(_ config: JSONObject, _ name: String) throws -> Network {
    var layers: [any Layer] = []
    var input: TensorType?
    for (index, value) in (config["layers"]?.array ?? []).enumerated() {
      let part = try parts(value)
      if part.className == "InputLayer" {
        input = try inside(part.name, part.className) { try self.input(part.config) }
        continue
      }
      if index == 0, part.config["batch_input_shape"] != nil || part.config["batch_shape"] != nil {
        input = try inside(part.name, part.className) { try self.input(part.config) }
      }
      layers.append(try layer(value))
    }
    if input == nil, let shape = config["build_input_shape"], !shape.isNull {
      input = TensorType(try inside(name, "Sequential") { try sample(shape) }, .float32)
    }
    guard let input else {
      throw misfit(
        .unsupported, expected: "a Sequential model that knows its input", given: "it was never built",
        advice: "In Python, begin it with keras.Input(…), or call it once before it is saved.")
    }
    let simple = layers.compactMap { $0 as? any Layer<Tensor, Tensor> }
    if simple.count == layers.count { return Network(network: Sequential(simple, name: name), inputs: [input]) }
    // A network inside that takes and gives lists.
    let calls = layers.indices.map { Functional.Call(layer: $0, [Functional.Place($0)]) }
    let chain = try Functional(
      inputs: [Functional.Given("input", input)], layers: layers, calls: calls,
      outputs: [Functional.Place(layers.count)], name: name)
    return Network(network: chain, inputs: [input])
  }

  // MARK: - Functional

  /// A call as it is written: of which layer, with which tensors.
  private struct WrittenCall {
    var layer: Int
    /// Names of layers with the numbers of their calls and results.
    var sources: [(name: String, node: Int, output: Int)] = []
    var constants: [Double?] = []
    /// Options of the call that are no tensors.
    var options: JSONObject = [:]
    /// Masks that are given besides; layers of Cajal pass masks on by themselves.
    var masks: [String] = []
  }

  private func functional(_ config: JSONObject, _ name: String) throws -> Network {
    let values = config["layers"]?.array ?? []
    var given: [String: TensorType] = [:]
    var names: [String] = []
    var objects: [JSONValue] = []
    var calls: [WrittenCall] = []
    /// Numbers of the calls of each layer, by its name.
    var callsOf: [String: [Int]] = [:]
    for value in values {
      var (own, className, settings) = try parts(value)
      own = value["name"].text ?? own
      guard callsOf[own] == nil, given[own] == nil else {
        throw misfit(expected: "a name for each layer of its own", given: "two are called \(own.prefix(80))")
      }
      if className == "InputLayer" {
        given[own] = try inside(own, className) { try input(settings) }
        continue
      }
      callsOf[own] = []
      for node in value["inbound_nodes"].array ?? [] {
        callsOf[own]?.append(calls.count)
        calls.append(try inside(own, className) { try arguments(node, layer: names.count) })
      }
      names.append(own)
      objects.append(value)
    }
    let inputs = try places(config["input_layers"] ?? .null)
    let outputs = try places(config["output_layers"] ?? .null)
    var nodes: [String: Int] = [:]
    let inputTypes = try inputs.enumerated().map { index, input in
      guard let type = given[input.name] else {
        throw misfit(expected: "inputs that are input layers", given: "one is \(input.name.prefix(80))")
      }
      nodes[input.name] = index
      return type
    }
    let classes = Dictionary(uniqueKeysWithValues: zip(names, objects).map { ($0, $1["class_name"].text ?? "") })
    func missing(_ source: (name: String, node: Int, output: Int)) throws -> Int {
      throw misfit(
        expected: "references to calls that are there", given: "\(source.name.prefix(80)) has no call \(source.node)")
    }
    let operationNames = Set(
      zip(names, objects).filter { $1["module"].text?.contains(".ops") == true }.map(\.0)
        + zip(names, objects).filter { $1["class_name"].text == "NotEqual" }.map(\.0))
    // Keras 2 writes the nodes of a call as a list of lists.
    let isOld = objects.contains { $0["inbound_nodes"].array?.first?.array != nil }
    /// The call that a reference means. A functional model inside counts from 1 where it is an output, in Keras 2 every
    /// model does everywhere.
    func call(_ source: (name: String, node: Int, output: Int), isOutput: Bool) throws -> Int {
      let known = callsOf[source.name] ?? []
      var number = source.node
      let className = classes[source.name] ?? ""
      let isFunctional = className == "Functional" || className == "Model"
      if isOld, number > 0, isFunctional || className == "Sequential" {
        number -= 1
        return try known.indices.contains(number) ? known[number] : missing(source)
      }
      if number > 0, isFunctional && isOutput || (isFunctional || className == "Sequential") && number >= known.count {
        number -= 1
      }
      return try known.indices.contains(number) ? known[number] : missing(source)
    }
    let needs = try calls.map {
      try $0.sources.compactMap { nodes[$0.name] == nil ? try call($0, isOutput: false) : nil }
    }
    var used = Set<Int>()
    var open = try outputs.filter { nodes[$0.name] == nil }.map { try call($0, isOutput: true) }
    while let next = open.popLast() {
      if used.insert(next).inserted { open += needs[next] }
    }
    for index in used {
      for mask in calls[index].masks where operationNames.contains(mask) == false {
        throw misfit(
          .unsupported, expected: "masks that layers make",
          given: "\(names[calls[index].layer].prefix(80)) is given one by \(mask.prefix(80))")
      }
    }
    // What leads to masks alone is left out: layers of Cajal make and pass them by themselves.
    let order = try sorted(needs).filter { used.contains($0) }
    let usedLayers = Set(order.map { calls[$0].layer }).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: usedLayers.enumerated().map { ($1, $0) })
    var position = [Int](repeating: 0, count: calls.count)
    for (place, index) in order.enumerated() { position[index] = inputs.count + place }
    func place(_ source: (name: String, node: Int, output: Int), isOutput: Bool = false) throws -> Functional.Place {
      if let input = nodes[source.name] { return Functional.Place(input) }
      return Functional.Place(position[try call(source, isOutput: isOutput)], output: source.output)
    }
    let layers = try usedLayers.map { index in
      let own = (callsOf[names[index]] ?? []).filter { used.contains($0) }.map { calls[$0] }
      let options = own.first?.options ?? [:]
      guard own.allSatisfy({ $0.options == options }) else {
        throw misfit(
          .unsupported, expected: "the same options in all calls of a layer",
          given: "\(names[index].prefix(80)) has others")
      }
      return try operation(objects[index], names[index], own.map(\.constants))
        ?? renamed(layer(objects[index], options: options), names[index])
    }
    let network = try Functional(
      inputs: zip(inputs, inputTypes).map { Functional.Given($0.name, $1) }, layers: layers,
      calls: order.map { index in
        Functional.Call(layer: numbers[calls[index].layer] ?? 0, try calls[index].sources.map { try place($0) })
      },
      outputs: outputs.map { try place($0, isOutput: true) }, name: name)
    return Network(network: network, inputs: inputTypes)
  }

  private func renamed<Renamed: Layer>(_ layer: Renamed, _ name: String) -> any Layer {
    var layer = layer
    layer.name = LayerName(name)
    return layer
  }

  /// The calls in an order in which they can be made, the written one where it can be kept.
  private func sorted(_ needs: [[Int]]) throws -> [Int] {
    var missing = needs.map { Set($0).count }
    var users: [[Int]] = Array(repeating: [], count: needs.count)
    for (index, sources) in needs.enumerated() { for source in Set(sources) { users[source].append(index) } }
    var order: [Int] = []
    var ready = needs.indices.filter { missing[$0] == 0 }[...]
    while let next = ready.popFirst() {
      order.append(next)
      for user in users[next] {
        missing[user] -= 1
        if missing[user] == 0 { ready.append(user) }
      }
    }
    guard order.count == needs.count else {
      throw misfit(expected: "calls without a cycle", given: "\(needs.count - order.count) wait for one another")
    }
    return order
  }

  // MARK: - Tensors of calls

  /// What a call is given: tensors in the order of arguments, numbers between them, and options.
  private func arguments(_ node: JSONValue, layer: Int) throws -> WrittenCall {
    var call = WrittenCall(layer: layer)
    func take(_ value: JSONValue, _ option: String? = nil) throws {
      if value["class_name"].text == "__keras_tensor__" {
        call.sources.append(try reference(value["config"]["keras_history"]))
        call.constants.append(nil)
      } else if let values = value.array {
        for value in values { try take(value) }
      } else if let option, !value.isNull {
        call.options[option] = value
      } else if let number = value.number ?? value["config"]["value"].number {  // {"class_name": "__numpy__", …}
        call.constants.append(number)
      } else if !value.isNull {
        throw misfit(.unsupported, expected: "tensors and numbers in a call", given: "there is \(value.excerpt)")
      }
    }
    if let old = node.array {  // Keras 2: [[name, node, tensor, {}], …]
      for value in old {
        call.sources.append(try reference(value))
        call.constants.append(nil)
        for key in value.array?.dropFirst(3).first?.object?.keys ?? [] where key != "training" && key != "mask" {
          throw misfit(.unsupported, expected: "calls without options", given: "there is \(key.prefix(60))")
        }
      }
      return call
    }
    for value in node["args"].array ?? [] { try take(value) }
    let options = node["kwargs"].object ?? [:]
    for key in options.keys where key != "training" {
      let value = options[key] ?? .null
      if key.hasSuffix("mask"), key != "use_causal_mask" {
        for mask in value.array ?? [value] where !mask.isNull {
          call.masks.append(try reference(mask["config"]["keras_history"]).name)
        }
      } else {
        try take(value, key)
      }
    }
    return call
  }

  private func reference(_ value: JSONValue) throws -> (name: String, node: Int, output: Int) {
    guard let parts = value.array, parts.count >= 3, let name = parts[0].text, let node = parts[1].integer,
      let output = parts[2].integer, node >= 0, output >= 0
    else { throw misfit(expected: "a tensor as [layer, call, result]", given: "it is \(value.excerpt)") }
    return (name, node, output)
  }

  private func places(_ value: JSONValue) throws -> [(name: String, node: Int, output: Int)] {
    if value.array?.first?.text != nil { return [try reference(value)] }
    if let object = value.object { return try object.keys.flatMap { try places(object[$0] ?? .null) } }
    guard let values = value.array else {
      throw misfit(expected: "a list of tensors", given: "it is \(value.excerpt)")
    }
    return try values.flatMap { try places($0) }
  }

  // MARK: - Operations between layers

  /// An operation of `keras.ops` as a layer; nil for a layer.
  private func operation(_ value: JSONValue, _ name: String, _ constants: [[Double?]]) throws -> (any Layer)? {
    // The older form does not tell an operation from a layer of its name, but only operations take numbers.
    let takesNumbers = constants.contains { $0.contains { $0 != nil } }
    guard value["module"].text?.contains(".ops") == true || takesNumbers else { return nil }
    let className = value["class_name"].text ?? ""
    return try inside(name, className) {
      guard let function = TensorOperation.Function(keras: className) else {
        throw misfit(
          .unsupported, expected: "operations between layers that Cajal has", given: "it is \(className.prefix(60))",
          advice: "Write it as a layer in Python.")
      }
      let operands = constants.first ?? []
      guard constants.allSatisfy({ $0 == operands }), operands.count == function.operands else {
        throw misfit(expected: "\(function.operands) operands", given: "there are \(operands.count)")
      }
      return TensorOperation(function, constants: operands, name: name)
    }
  }
}

extension TensorOperation.Function {
  private static let names: [(TensorOperation.Function, String)] = [
    (.add, "Add"), (.subtract, "Subtract"), (.multiply, "Multiply"), (.divide, "TrueDivide"), (.divide, "Divide"),
    (.power, "Power"), (.maximum, "Maximum"), (.minimum, "Minimum"), (.negate, "Negative"), (.absolute, "Absolute"),
    (.absolute, "Abs"), (.sign, "Sign"), (.square, "Square"), (.sqrt, "Sqrt"), (.exp, "Exp"), (.log, "Log"),
    (.tanh, "Tanh"), (.sigmoid, "Sigmoid"), (.relu, "Relu"), (.sin, "Sin"), (.cos, "Cos"), (.floor, "Floor"),
    (.ceil, "Ceil"),
  ]

  init?(keras name: String) {
    guard let known = Self.names.first(where: { $0.1 == name }) else { return nil }
    self = known.0
  }

  var kerasClass: String { Self.names.first { $0.0 == self }?.1 ?? "" }
  var kerasModule: String { self == .relu || self == .sigmoid ? "keras.src.ops.nn" : "keras.src.ops.numpy" }
}
