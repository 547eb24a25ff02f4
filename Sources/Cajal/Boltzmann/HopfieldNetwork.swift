import CajalGraph

/// A Hopfield network: units of −1 and +1 that remember patterns as states of lowest energy.
///
/// E(s) = −½ s·W·s; a unit takes the sign of Σⱼ Wᵢⱼ sⱼ and keeps its value at 0. Unit by unit the energy never rises, so that recall ends.
/// It is a ``BoltzmannMachine`` without noise, see ``boltzmannMachine()``.
///
/// Example: `let memory = try HopfieldNetwork(patterns); let found = try memory.recalled(damaged)`
/// Source: Hopfield, PNAS 79, 1982; the projection rule: Personnaz, Guyon and Dreyfus, 1985.
public final class HopfieldNetwork: Sendable {
  /// How patterns become weights.
  public enum Rule: String, Sendable {
    /// Σ x·xᵀ / units: good for some 0.14 random patterns per unit.
    case hebb
    /// Projection onto the patterns' space: exact recall of patterns that are linearly independent.
    case projection
  }

  /// W, `[units, units]`, symmetric, 0 on the diagonal.
  public let weights: Variable

  /// A network that remembers rows of −1 and +1, `[patterns, units]`.
  ///
  /// Errors: `.shape` for what is no matrix, `.value` for other numbers; with the projection rule for patterns that depend on
  /// each other.
  public init(_ patterns: Tensor, rule: Rule = .hebb) throws {
    guard patterns.rank == 2, patterns.count > 0 else {
      throw CajalError(
        .shape, "HopfieldNetwork", expected: "patterns as rows [patterns, units]", given: "they are \(patterns.shape)")
    }
    try Self.demand("HopfieldNetwork", patterns, units: patterns.shape[1])
    let units = patterns.shape[1]
    let product: Tensor
    switch rule {
    case .hebb: product = patterns.matmul(patterns, transposeSelf: true) / Double(units)
    case .projection:
      let inverse = try Self.inverse(patterns.matmul(patterns, transposeOther: true))
      product = patterns.matmul(inverse.matmul(patterns), transposeSelf: true)
    }
    let symmetric = 0.5 * (product + product.transposed()) * (1 - Tensor.identity(units))
    weights = Variable("weights", symmetric, role: .parameter)
  }

  /// Number of units.
  public var unitCount: Int { weights.type.shape[0] }

  /// E(s) of each row. Errors: those of ``recalled(_:mostSweeps:)``.
  public func energies(_ states: Tensor) throws -> Tensor {
    try Self.demand("HopfieldNetwork.energies", states, units: unitCount)
    return (-0.5 * (states.matmul(weights.tensor) * states).sum(axes: [1])).evaluatedCopy()
  }

  /// The state in which each row comes to rest, units updated one after the other.
  ///
  /// Errors: `.shape` and `.value` for rows that are not −1 and +1 of the network's width; `.unsupported` where a row has not
  /// come to rest after so many sweeps.
  public func recalled(_ states: Tensor, mostSweeps: Int = 1000) throws -> Tensor {
    try Self.demand("HopfieldNetwork.recalled", states, units: unitCount)
    let count = unitCount
    let sweep = CompiledStep { [self] step in
      let start = step.inputs[0]
      let end = Tensor.scan([start], over: [step[weights], Tensor.identity(count)]) { carry, entries, _ in
        let inputs = carry[0].matmul(entries[0].reshaped([count, 1]))
        let place = entries[1].reshaped([1, count]).broadcast(to: carry[0].shape)
        // Where inputs are 0 the unit keeps its value.
        let change = place * (inputs.sign() - carry[0]) * inputs.sign().absolute()
        return ([carry[0] + change], [])
      }.carry[0]
      return [end, (end - start).absolute().sum()]
    }
    var now = states
    for _ in 0..<mostSweeps {
      let results = try sweep.run([now])
      now = results[0]
      if results[1].item == 0 { return now }
    }
    throw CajalError(
      .unsupported, "HopfieldNetwork.recalled", expected: "rest within \(mostSweeps) sweeps",
      given: "units still change", advice: "Allow more sweeps.")
  }

  /// The machine of units 0 and 1 with the same order of energies: s = 2x − 1. Near temperature 0 it recalls as this network does.
  public func boltzmannMachine() throws -> BoltzmannMachine {
    let w = weights.tensor
    return try BoltzmannMachine(weights: 4 * w, bias: -2 * w.sum(axes: [1]))
  }

  private static func demand(_ subject: String, _ states: Tensor, units: Int) throws {
    try demandRows(subject, states, width: units)
    let values = states.floats
    guard let wrong = values.firstIndex(where: { $0 != 1 && $0 != -1 }) else { return }
    throw CajalError(
      .value, subject, expected: "values of −1 and +1",
      given: "row \(wrong / units), column \(wrong % units) is \(values[wrong])", advice: "For 0 and 1 use 2 * x - 1.")
  }

  /// By Gauss and Jordan with pivots, in `Double`.
  private static func inverse(_ matrix: Tensor) throws -> Tensor {
    let size = matrix.shape[0]
    let values = matrix.floats.map(Double.init)
    var rows = (0..<size).map { row in
      Array(values[(row * size)..<((row + 1) * size)]) + (0..<size).map { $0 == row ? 1 : 0 }
    }
    for column in 0..<size {
      let pivot = (column..<size).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
      guard abs(rows[pivot][column]) > 1e-6 * Double(size) else {
        throw CajalError(
          .value, "HopfieldNetwork", expected: "patterns that are linearly independent",
          given: "they depend on each other", advice: "Leave out repeated or opposite patterns, or use the rule .hebb.")
      }
      rows.swapAt(column, pivot)
      let scale = rows[column][column]
      for index in column..<(2 * size) { rows[column][index] /= scale }
      for row in 0..<size where row != column && rows[row][column] != 0 {
        let factor = rows[row][column]
        for index in column..<(2 * size) { rows[row][index] -= factor * rows[column][index] }
      }
    }
    return Tensor(rows.flatMap { $0[size...].map(Float.init) }, shape: [size, size])
  }
}
