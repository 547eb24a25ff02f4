/// Steps any cell over sequences.
///
/// Shapes: x `[batch, time, …]` → `[batch, size]`, or `[batch, time, size]` with `returnSequences`.
/// Example: `RNN([LSTMCell(64), LSTMCell(32)], returnSequences: true)`
public struct RNN: RecurrentLayer {
  /// The cell that is stepped.
  public var cell: any RecurrentCell
  /// Whether the result is the output of every step or of the last one.
  public var returnSequences: Bool
  /// Whether `call` gives the last states after the output.
  public var returnState: Bool
  /// Whether time runs from the end.
  public var goBackwards: Bool
  /// Whether a batch goes on from the states at the end of the batch before.
  public var stateful: Bool
  /// Read from and written to files; steps are always compiled as a loop.
  public var unroll: Bool
  /// Whether the output is 0 at steps that the mask leaves out; else it is the output before.
  public var zeroOutputForMask: Bool
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    _ cell: any RecurrentCell, returnSequences: Bool = false, returnState: Bool = false, goBackwards: Bool = false,
    stateful: Bool = false, unroll: Bool = false, zeroOutputForMask: Bool = false, name: String? = nil
  ) {
    self.cell = cell
    self.returnSequences = returnSequences
    self.returnState = returnState
    self.goBackwards = goBackwards
    self.stateful = stateful
    self.unroll = unroll
    self.zeroOutputForMask = zeroOutputForMask
    self.name = LayerName(name)
  }

  /// A layer of several cells, each on the outputs of the one before.
  public init(
    _ cells: [any RecurrentCell], returnSequences: Bool = false, returnState: Bool = false, goBackwards: Bool = false,
    stateful: Bool = false, unroll: Bool = false, zeroOutputForMask: Bool = false, name: String? = nil
  ) {
    self.init(
      StackedRNNCells(cells), returnSequences: returnSequences, returnState: returnState, goBackwards: goBackwards,
      stateful: stateful, unroll: unroll, zeroOutputForMask: zeroOutputForMask, name: name)
  }
}

// In files the cell is its class name and its configuration.
extension RNN {
  private enum CodingKeys: String, CodingKey {
    case cell, returnSequences, returnState, goBackwards, stateful, unroll, zeroOutputForMask, name
  }

  public init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    cell = try container.decode(LayerEntry.self, forKey: .cell).recurrentCell()
    returnSequences = try container.decode(Bool.self, forKey: .returnSequences)
    returnState = try container.decode(Bool.self, forKey: .returnState)
    goBackwards = try container.decode(Bool.self, forKey: .goBackwards)
    stateful = try container.decode(Bool.self, forKey: .stateful)
    unroll = try container.decodeIfPresent(Bool.self, forKey: .unroll) ?? false
    zeroOutputForMask = try container.decodeIfPresent(Bool.self, forKey: .zeroOutputForMask) ?? false
    name = try container.decode(LayerName.self, forKey: .name)
  }

  public func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(LayerEntry(cell), forKey: .cell)
    try container.encode(returnSequences, forKey: .returnSequences)
    try container.encode(returnState, forKey: .returnState)
    try container.encode(goBackwards, forKey: .goBackwards)
    try container.encode(stateful, forKey: .stateful)
    try container.encode(unroll, forKey: .unroll)
    try container.encode(zeroOutputForMask, forKey: .zeroOutputForMask)
    try container.encode(name, forKey: .name)
  }
}

extension LayerEntry {
  func recurrentCell() throws -> any RecurrentCell {
    guard let cell = layer as? any RecurrentCell else {
      throw CajalError(
        .format, "RNN", expected: "the class of a recurrent cell", given: "it is \(type(of: layer).className)")
    }
    return cell
  }
}
