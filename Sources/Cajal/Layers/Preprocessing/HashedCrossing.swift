/// Combinations of several features as one of a fixed number of bins, by a hash that is Keras's.
///
/// A plain value, no part of a model: it makes arrays of numbers that a model takes.
/// Shapes: as many texts of each feature, n → `int64` `[n]`, or rows of bins as in `CategoryEncoding`.
/// Example: `let bins = try HashedCrossing(numBins: 10)([["red", "blue"], ["car", "bus"]])`
public struct HashedCrossing {
  /// How many bins there are.
  public var numBins: Int
  /// What is given for the bins: `.int` or `.oneHot`.
  public var outputMode: CategoryOutput

  /// Describes the hash; each option is the property of that name.
  public init(numBins: Int, outputMode: CategoryOutput = .int) {
    self.numBins = numBins
    self.outputMode = outputMode
  }

  /// The bins of combinations: the i-th text of each feature.
  ///
  /// Errors: no bins, features of different lengths.
  public func callAsFunction(_ features: [[String]]) throws -> Tensor {
    try bins(features.map { $0.map(Fingerprint.farm) })
  }

  /// The bins of combinations of whole numbers.
  public func callAsFunction(_ features: [[Int]]) throws -> Tensor {
    try bins(features.map { $0.map { UInt64(bitPattern: Int64($0)) } })
  }

  private func bins(_ features: [[UInt64]]) throws -> Tensor {
    let count = features.first?.count ?? 0
    guard numBins >= 1, !features.isEmpty, features.allSatisfy({ $0.count == count }) else {
      throw CajalError(
        .argument, "HashedCrossing", expected: "at least one bin, and features of one length",
        given: "\(numBins) bins and lengths \(features.map(\.count))")
    }
    let numbers = (0..<count).map { index in
      let hash = features.reduce(0xDECA_FCAF_FE as UInt64) { Fingerprint.joined($0, $1[index]) }
      return Int64(hash % UInt64(numBins))
    }
    return Tensor(numbers, shape: [count]).encoded(outputMode, depth: numBins)
  }
}

extension HashedCrossing: Codable, Hashable, Sendable {}
