/// Runs a recurrent layer over a sequence and another one from its end, and merges their outputs.
///
/// Weights are found under `forward_` and `backward_` and the layer's name. With `returnSequences` the outputs of both
/// directions stand at the place of their input, and are 0 where the mask leaves a step out.
/// Shapes: x `[batch, time, features]` → `[batch, 2 units]`, or `[batch, time, 2 units]` with `returnSequences`;
/// `units` for merge modes other than `.concat`.
/// Errors: layers that run in the same direction or give different kinds of results; `mergeMode` nil outside of `call`.
/// Source: Schuster and Paliwal, IEEE Transactions on Signal Processing 45, 1997.
/// Example: `Bidirectional(LSTM(64, returnSequences: true))`
public struct Bidirectional: FlexibleLayer {
  /// How the outputs of the two directions become one.
  public enum MergeMode: String, Hashable, Sendable, Codable {
    /// One after the other along the last axis.
    case concat
    /// Their sum.
    case sum
    /// Their product.
    case mul
    /// Their mean.
    case ave
  }

  /// The layer that runs forwards.
  public let forwardLayer: any RecurrentLayer
  /// The layer that runs backwards.
  public let backwardLayer: any RecurrentLayer
  /// How the outputs become one; nil for both, as `both` and `call` give them.
  public var mergeMode: MergeMode?
  public var name: LayerName

  /// Describes the layer; the backward one has the forward one's options unless given.
  public init(
    _ layer: any RecurrentLayer, mergeMode: MergeMode? = .concat, backwardLayer: (any RecurrentLayer)? = nil,
    name: String? = nil
  ) {
    self.mergeMode = mergeMode
    self.name = LayerName(name)
    forwardLayer = Self.named("forward_", layer)
    if let backwardLayer {
      self.backwardLayer = Self.named(nil, backwardLayer)
    } else {
      var other = layer
      other.goBackwards.toggle()
      self.backwardLayer = Self.named("backward_", other)
    }
  }

  /// The layer under a name of its own, with zeros where the mask leaves steps out of a sequence.
  private static func named(_ prefix: String?, _ layer: some RecurrentLayer) -> any RecurrentLayer {
    var layer = layer
    let own = layer.name.text ?? snakeCase(type(of: layer).className)
    layer.name = LayerName(prefix.map { own.hasPrefix($0) ? own : $0 + own } ?? own)
    layer.zeroOutputForMask = layer.returnSequences
    return layer
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demand(
      mergeMode != nil, expected: "a mergeMode to give one output", given: "it is nil",
      advice: "Use `both(x)`, which gives the outputs of both directions.")
    return try run(input).outputs[0]
  }

  public func forward(all inputs: [Tensor], named: [String: Tensor]) throws -> [Tensor] {
    let (outputs, state) = try run(inputs[0], initialState: Array(inputs.dropFirst()), mask: named["mask"])
    return forwardLayer.returnState ? outputs + state : outputs
  }

  /// The outputs of both directions, unmerged, at the places of their inputs.
  public func both(_ x: Tensor) -> (forward: Tensor, backward: Tensor) {
    var unmerged = self
    unmerged.mergeMode = nil
    let outputs: [Tensor] = entered([x]) { try unmerged.run(x).outputs }
    return (outputs[0], outputs[outputs.count - 1])
  }

  /// The output and the last states of both directions, from given first states or from zeros.
  public func withState(_ x: Tensor, initialState: [Tensor] = []) -> (output: Tensor, state: [Tensor]) {
    var count = 1
    let results: [Tensor] = entered([x] + initialState) {
      let (outputs, state) = try run(x, initialState: initialState)
      count = outputs.count
      return outputs + state
    }
    return (results[0], Array(results.dropFirst(count)))
  }

  private func run(
    _ x: Tensor, initialState: [Tensor] = [], mask: Tensor? = nil
  ) throws -> (outputs: [Tensor], state: [Tensor]) {
    let (ahead, back) = (forwardLayer, backwardLayer)
    try demand(
      ahead.goBackwards != back.goBackwards, expected: "layers of different directions",
      given: "goBackwards is \(ahead.goBackwards) in both")
    try demand(
      ahead.returnSequences == back.returnSequences && ahead.returnState == back.returnState
        && ahead.stateful == back.stateful,
      expected: "the same returnSequences, returnState and stateful in both layers", given: "they differ")
    try demand(
      initialState.count % 2 == 0, expected: "as many first states for both directions",
      given: "there are \(initialState.count)")
    let half = initialState.count / 2
    func first(_ states: ArraySlice<Tensor>) -> [Tensor]? { states.isEmpty ? nil : Array(states) }
    let one = ahead.withState(x, initialState: first(initialState[..<half]), mask: mask)
    let other = back.withState(x, initialState: first(initialState[half...]), mask: mask)
    let y = one.output
    let reversed = ahead.returnSequences ? other.output.reversed(axes: [1]) : other.output
    let outputs: [Tensor]
    switch mergeMode {
    case .concat: outputs = [Tensor.concatenate([y, reversed], axis: -1)]
    case .sum: outputs = [y + reversed]
    case .mul: outputs = [y * reversed]
    case .ave: outputs = [(y + reversed) * 0.5]
    case nil: outputs = [y, reversed]
    }
    if ahead.returnSequences, let mask = mask ?? x.mask { outputs.forEach { x.scope.setMask(mask, of: $0) } }
    return (outputs, one.state + other.state)
  }
}

// In files each direction is its class name and its configuration.
extension Bidirectional {
  private enum CodingKeys: String, CodingKey { case layer, backwardLayer, mergeMode, name }

  public init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func layer(_ entry: LayerEntry) throws -> any RecurrentLayer {
      guard let layer = entry.layer as? any RecurrentLayer else {
        throw CajalError(
          .format, "Bidirectional", expected: "the class of a recurrent layer",
          given: "it is \(type(of: entry.layer).className)")
      }
      return layer
    }
    self.init(
      try layer(try container.decode(LayerEntry.self, forKey: .layer)),
      mergeMode: try container.decodeIfPresent(MergeMode.self, forKey: .mergeMode),
      backwardLayer: try container.decodeIfPresent(LayerEntry.self, forKey: .backwardLayer).map(layer),
      name: try container.decode(LayerName.self, forKey: .name).text)
  }

  public func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(LayerEntry(forwardLayer), forKey: .layer)
    try container.encode(LayerEntry(backwardLayer), forKey: .backwardLayer)
    try container.encode(mergeMode, forKey: .mergeMode)
    try container.encode(name, forKey: .name)
  }
}
