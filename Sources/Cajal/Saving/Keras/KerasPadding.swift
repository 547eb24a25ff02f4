// Padding that Keras's layers do not have becomes a layer of zeros before them.

/// A layer whose padding may be given numbers of zeros.
protocol ExplicitlyPadded: Layer<Tensor, Tensor> {
  static var paddedAxes: Int { get }
  var padding: Padding { get set }
}

extension SpatialConvolution: ExplicitlyPadded { static var paddedAxes: Int { Axes.count } }
extension DepthwiseConvolution: ExplicitlyPadded { static var paddedAxes: Int { Axes.count } }
extension SeparableConvolution: ExplicitlyPadded { static var paddedAxes: Int { Axes.count } }
extension SpatialPooling: ExplicitlyPadded where Rule == MaximumOfWindow {
  static var paddedAxes: Int { Axes.count }
}

enum KerasPadding {
  /// A network with the layers of zeros that Keras needs; nil where it needs none.
  static func expanded(_ network: any Layer) throws -> (any Layer)? {
    if let network = network as? Sequential { return try expanded(network) }
    if let network = network as? Functional { return try expanded(network) }
    return nil
  }

  private static func expanded(_ network: Sequential) throws -> Sequential? {
    let names = try Functional.names(of: network.layers)
    var layers: [any Layer<Tensor, Tensor>] = []
    var isChanged = false
    for (layer, name) in zip(network.layers, names) {
      if let (zeros, plain) = parted(layer, name, after: layers.last, names) {
        layers += [zeros, plain]
        isChanged = true
      } else if let inner = try expanded(layer) as? any Layer<Tensor, Tensor> {
        layers.append(inner)
        isChanged = true
      } else {
        layers.append(layer)
      }
    }
    return isChanged ? Sequential(layers, name: network.name.text) : nil
  }

  private static func expanded(_ network: Functional) throws -> Functional? {
    let names = try Functional.names(of: network.layers)
    let inputs = network.inputs.count
    func producer(of index: Int) -> (any Layer)? {
      let places = network.calls.filter { $0.layer == index }.compactMap(\.inputs.first?.node)
      guard places.count == 1, places[0] >= inputs else { return nil }
      return network.layers[network.calls[places[0] - inputs].layer]
    }
    var layers = network.layers
    var zerosOf: [Int: Int] = [:]  // a layer's number to that of its zeros
    var isChanged = false
    for (index, layer) in network.layers.enumerated() {
      if let (zeros, plain) = parted(layer, names[index], after: producer(of: index), names) {
        layers[index] = plain
        zerosOf[index] = layers.count
        layers.append(zeros)
        isChanged = true
      } else if let inner = try expanded(layer) {
        layers[index] = inner
        isChanged = true
      }
    }
    guard isChanged else { return nil }
    var calls: [Functional.Call] = []
    var nodes = Array(0..<inputs)  // old numbers to new ones
    func moved(_ place: Functional.Place) -> Functional.Place {
      Functional.Place(nodes[place.node], output: place.output)
    }
    for call in network.calls {
      var call = Functional.Call(layer: call.layer, call.inputs.map(moved))
      if let zeros = zerosOf[call.layer] {
        calls.append(Functional.Call(layer: zeros, call.inputs))
        call.inputs = [Functional.Place(inputs + calls.count - 1)]
      }
      nodes.append(inputs + calls.count)
      calls.append(call)
    }
    return try Functional(
      inputs: network.inputs, layers: layers, calls: calls, outputs: network.outputs.map(moved), name: network.name.text
    )
  }

  /// The zeros before a layer, and the layer without padding. A maximum over zeros is the same only of what is not negative.
  private static func parted(
    _ layer: any Layer, _ name: String, after previous: (any Layer)?, _ names: [String]
  ) -> (zeros: any Layer<Tensor, Tensor>, plain: any Layer<Tensor, Tensor>)? {
    guard let padded = layer as? any ExplicitlyPadded, !(layer.isMaximum && previous?.isNotNegative != true) else {
      return nil
    }
    return parted(padded, names.contains(name + "_pad") ? name + "_zeros" : name + "_pad")
  }

  private static func parted<Padded: ExplicitlyPadded>(
    _ layer: Padded, _ name: String
  ) -> (zeros: any Layer<Tensor, Tensor>, plain: any Layer<Tensor, Tensor>)? {
    guard case .explicit(let low, let high) = layer.padding else { return nil }
    let axes = Padded.paddedAxes
    func all(_ sizes: [Int]) -> [Int] { sizes.count == 1 ? Array(repeating: sizes[0], count: axes) : sizes }
    let sides = zip(all(low), all(high)).map { [$0, $1] }
    guard sides.count == axes else { return nil }
    var plain = layer
    plain.padding = .valid
    switch axes {
    case 1: return (ZeroPadding1D(sides: sides, name: name), plain)
    case 2: return (ZeroPadding2D(sides: sides, name: name), plain)
    default: return (ZeroPadding3D(sides: sides, name: name), plain)
    }
  }
}

extension Layer {
  fileprivate var isMaximum: Bool { self is MaxPooling1D || self is MaxPooling2D || self is MaxPooling3D }

  fileprivate var isNotNegative: Bool {
    switch self {
    case let layer as Activation: layer.activation == .relu
    case let layer as ReLU: layer.negativeSlope == 0
    case let layer as Conv2D: layer.activation == .relu
    case let layer as Conv1D: layer.activation == .relu
    default: false
    }
  }
}
