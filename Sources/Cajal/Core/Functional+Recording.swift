// From the calls of a model's first trace to the network as data.
import CajalGraph

extension Functional {
  /// The record of a trace whose outermost calls and arithmetic lead from the inputs to the outputs.
  ///
  /// - Parameter isPart: Whether the network is cut out of another one, so that what the outputs do not need is not its.
  /// Errors: `.unsupported` for a tensor that no layer and no recorded operation has made.
  init(recording trace: ModelTrace, outputs: [Tensor], name: String?, isPart: Bool = false) throws {
    var recorder = Recorder()
    for (index, input) in trace.inputs.enumerated() {
      recorder.places[input.key] = Place(index)
      let sample = Shape(Array(input.shape.dimensions.dropFirst()))
      recorder.inputs.append(Given("input_\(index)", TensorType(sample, input.dtype)))
    }
    for call in trace.outerCalls { try recorder.add(call) }
    var places = try outputs.map { try recorder.place(of: $0) }
    if isPart { places = recorder.keepOnly(whatLeadsTo: places) }
    var taken = Set(recorder.names)
    for index in recorder.inputs.indices {
      let base = recorder.inputs.count == 1 ? "input" : "input_\(index)"
      recorder.inputs[index].name = Recorder.unique(base, &taken)
    }
    try self.init(
      inputs: recorder.inputs, layers: recorder.namedLayers, calls: recorder.calls, outputs: places, name: name)
  }
}

/// Notes calls and the operations between them.
private struct Recorder {
  var inputs: [Functional.Given] = []
  var layers: [any Layer] = []
  var names: [String] = []
  var calls: [Functional.Call] = []
  var places: [TensorKey: Functional.Place] = [:]
  private var numbers: [String: Int] = [:]

  private static let deepestArithmetic = 400

  mutating func add(_ call: ModelTrace.OuterCall) throws {
    let sources = try call.inputs.map { try place(of: $0) }
    let number: Int
    if let known = numbers[call.component] {
      number = known
    } else {
      number = layers.count
      numbers[call.component] = number
      layers.append(call.layer)
      names.append(call.component)
    }
    note(Functional.Call(layer: number, sources), call.outputs)
  }

  private mutating func note(_ call: Functional.Call, _ outputs: [Tensor]) {
    calls.append(call)
    for (index, output) in outputs.enumerated() {
      // A layer that gives its input back, as dropout does in prediction, is passed all the same.
      places[output.key] = Functional.Place(inputs.count + calls.count - 1, output: index)
    }
  }

  mutating func place(of tensor: Tensor, depth: Int = 0) throws -> Functional.Place {
    if let known = places[tensor.key] { return known }
    guard depth < Self.deepestArithmetic, let operation = tensor.node.operation as? Elementwise,
      let function = TensorOperation.Function(operation.function)
    else { throw unrecorded(tensor) }
    var constants: [Double?] = []
    var sources: [Functional.Place] = []
    for operand in tensor.node.inputs {
      let plain = Self.unstretched(operand)
      constants.append(Self.constant(plain))
      if constants.last == .some(nil) { sources.append(try place(of: plain, depth: depth + 1)) }
    }
    guard !sources.isEmpty else { throw unrecorded(tensor) }
    var taken = Set(names)
    names.append(Self.unique(function.rawValue, &taken))
    layers.append(TensorOperation(function, constants: constants))
    note(Functional.Call(layer: layers.count - 1, sources), [tensor])
    return Functional.Place(inputs.count + calls.count - 1)
  }

  /// Drops calls that no output needs, and their layers; the outputs' places among those that stay.
  mutating func keepOnly(whatLeadsTo outputs: [Functional.Place]) -> [Functional.Place] {
    let first = inputs.count
    var needed: Set<Int> = []
    var open = outputs.map(\.node)
    while let node = open.popLast() {
      guard node >= first, needed.insert(node - first).inserted else { continue }
      open += calls[node - first].inputs.map(\.node)
    }
    let kept = needed.sorted()
    let position = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1 + first, $0 + first) })
    func moved(_ place: Functional.Place) -> Functional.Place {
      Functional.Place(position[place.node] ?? place.node, output: place.output)
    }
    let used = Set(kept.map { calls[$0].layer }).sorted()
    let number = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
    calls = kept.map { Functional.Call(layer: number[calls[$0].layer] ?? 0, calls[$0].inputs.map(moved)) }
    (layers, names) = (used.map { layers[$0] }, used.map { names[$0] })
    return outputs.map(moved)
  }

  private func unrecorded(_ tensor: Tensor) -> CajalError {
    CajalError(
      .unsupported, tensor.node.path.isEmpty ? "Model" : tensor.node.path,
      expected: "layers, and arithmetic between them",
      given: "\(tensor.type) is made by the operation '\(tensor.node.operation.label)' outside of a layer")
  }

  /// What was stretched to the shape of the other operand.
  private static func unstretched(_ tensor: Tensor) -> Tensor {
    var tensor = tensor
    while let inner = tensor.node.inputs.first, tensor.node.inputs.count == 1 {
      let operation = tensor.node.operation
      let addsAxes =
        operation is CajalGraph.Reshape && tensor.shape.dimensions.drop { $0 == 1 } == inner.shape.dimensions[...]
      guard operation is Broadcast || addsAxes || (operation is Cast && constant(unstretched(inner)) != nil) else {
        break
      }
      tensor = inner
    }
    return tensor
  }

  private static func constant(_ tensor: Tensor) -> Double? {
    if let fill = tensor.node.operation as? Fill { return fill.value }
    guard let constant = tensor.node.operation as? Constant, constant.storage.count == 1 else { return nil }
    switch constant.storage.dtype {
    case .float32: return Double(constant.storage.scalars(as: Float.self)[0])
    case .float64: return constant.storage.scalars(as: Double.self)[0]
    case .int32: return Double(constant.storage.scalars(as: Int32.self)[0])
    case .int64: return Double(constant.storage.scalars(as: Int64.self)[0])
    default: return nil
    }
  }

  static func unique(_ base: String, _ taken: inout Set<String>) -> String {
    var name = base
    var number = 0
    while !taken.insert(name).inserted {
      number += 1
      name = "\(base)_\(number)"
    }
    return name
  }

  /// The layers under the names they have in the trace.
  var namedLayers: [any Layer] {
    layers.indices.map { index in
      let layer = layers[index]
      return Self.named(layer, names[index])
    }
  }

  private static func named<Named: Layer>(_ layer: Named, _ name: String) -> any Layer {
    if let wrapper = layer as? any SharingLayer { return named(wrapper.shared, name) }
    var layer = layer
    layer.name = LayerName(name)
    return layer
  }
}
