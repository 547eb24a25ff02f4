/// One rate up to and including the first boundary, the next up to the second, and so on.
///
/// Example: `try PiecewiseConstantDecay(boundaries: [30_000, 60_000], rates: [0.1, 0.01, 0.001])`
public struct PiecewiseConstantDecay: LearningRateSchedule, Hashable {
  /// The last step of each rate but the last, rising.
  public let boundaries: [Int]
  /// One more than boundaries.
  public let rates: [Double]

  /// - Throws: `.argument` unless there is one rate more than boundaries and the boundaries rise.
  public init(boundaries: [Int], rates: [Double]) throws {
    guard rates.count == boundaries.count + 1 else {
      throw CajalError(
        .argument, Self.className, expected: "\(boundaries.count + 1) rates for \(boundaries.count) boundaries",
        given: "there are \(rates.count)")
    }
    guard zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw CajalError(.argument, Self.className, expected: "rising boundaries", given: "they are \(boundaries)")
    }
    self.boundaries = boundaries
    self.rates = rates
  }

  public init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      boundaries: container.decode([Int].self, forKey: .boundaries),
      rates: container.decode([Double].self, forKey: .rates))
  }

  public func rate(atStep step: Int) -> Double {
    rates[boundaries.firstIndex { step <= $0 } ?? boundaries.count]
  }
}
