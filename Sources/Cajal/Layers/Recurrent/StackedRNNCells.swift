/// Several cells as one: each takes the output of the one before. Their states stand one after another.
///
/// Example: `RNN(StackedRNNCells([GRUCell(32), GRUCell(16)]))`
public struct StackedRNNCells: SequenceCell {
  /// The cells from the input on.
  public var cells: [any RecurrentCell]
  public var name: LayerName

  /// Describes the cells from the input on.
  public init(_ cells: [any RecurrentCell], name: String? = nil) {
    self.cells = cells
    self.name = LayerName(name)
  }

  public var stateSize: [Int] { cells.flatMap(\.stateSize) }
  public var outputSize: Int { cells.last?.outputSize ?? 0 }

  public func stateShapes(for entry: Shape) throws -> [Shape] {
    try demand(!cells.isEmpty, expected: "at least one cell", given: "there is none")
    var entry = entry
    return try cells.flatMap { cell in
      let shapes = try cell.stateShapes(for: entry)
      entry = shapes.first?.rank == 2 ? [entry[0], cell.outputSize] : shapes.first ?? entry
      return shapes
    }
  }

  public func forward(_ inputs: [Tensor]) throws -> [Tensor] {
    try demand(
      inputs.count == stateSize.count + 1, expected: "an input and \(stateSize.count) states",
      given: "there are \(inputs.count) tensors")
    var (output, next, start) = (inputs[0], [Tensor](), 1)
    for cell in cells {
      let results = cell([output] + inputs[start..<(start + cell.stateSize.count)])
      output = results[0]
      next += results.dropFirst()
      start += cell.stateSize.count
    }
    return [output] + next
  }

  /// One cell after another over the whole sequence: what a cell gives at a step that does not count changes nothing.
  func sequence(_ x: Tensor, _ states: [Tensor], _ recurrence: Recurrence) throws -> SequenceResult {
    var (input, next, start) = (x, [Tensor](), 0)
    var result: SequenceResult?
    for (index, cell) in cells.enumerated() {
      var own = recurrence
      if index + 1 < cells.count { own.collects = true }
      let step = try cell.run(input, Array(states[start..<(start + cell.stateSize.count)]), own)
      start += cell.stateSize.count
      next += step.states
      input = step.outputs ?? step.last
      result = step
    }
    guard let last = result else {
      throw CajalError(.argument, Self.className, expected: "at least one cell", given: "there is none")
    }
    return SequenceResult(outputs: last.outputs, last: last.last, states: next)
  }
}

// In files each cell is its class name and its configuration.
extension StackedRNNCells {
  private enum CodingKeys: String, CodingKey { case cells, name }

  public init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    cells = try container.decode([LayerEntry].self, forKey: .cells).map { try $0.recurrentCell() }
    name = try container.decode(LayerName.self, forKey: .name)
  }

  public func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(cells.map { LayerEntry($0) }, forKey: .cells)
    try container.encode(name, forKey: .name)
  }
}
