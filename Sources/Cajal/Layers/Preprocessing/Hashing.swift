/// Texts or whole numbers as one of a fixed number of bins, by a hash that is Keras's: no vocabulary is kept.
///
/// A plain value, no part of a model: it makes arrays of numbers that a model takes.
/// Shapes: n texts → `int64` `[n]`, or rows of bins as in `CategoryEncoding`.
/// Example: `let bins = try Hashing(numBins: 100)(["red", "green"])`
public struct Hashing {
  /// How many bins there are.
  public var numBins: Int
  /// The text that goes to bin 0, which nothing else does then; nil for none.
  public var maskValue: String?
  /// Two numbers that make the hash one of its own; nil for the usual one.
  public var salt: [UInt64]?
  /// What is given for the bins; `.tfIdf` is none of them.
  public var outputMode: CategoryOutput

  /// Describes the hash; each option is the property of that name, and one number of salt stands for two.
  public init(numBins: Int, maskValue: String? = nil, salt: [UInt64]? = nil, outputMode: CategoryOutput = .int) {
    self.numBins = numBins
    self.maskValue = maskValue
    self.salt = salt.map { $0.count == 1 ? $0 + $0 : $0 }
    self.outputMode = outputMode
  }

  /// The bins of texts.
  ///
  /// Errors: no bins, salt of another form.
  public func callAsFunction(_ texts: [String]) throws -> Tensor {
    let free = numBins - (maskValue == nil ? 0 : 1)
    guard free >= 1, salt.map({ $0.count == 2 }) ?? true else {
      throw CajalError(
        .argument, "Hashing", expected: "at least one bin, and a salt of one or two numbers",
        given: "there are \(free), and the salt is \(salt ?? [])")
    }
    let numbers = texts.map { text -> Int64 in
      if text == maskValue { return 0 }
      let hash = salt.map { Fingerprint.sip(text, ($0[0], $0[1])) } ?? Fingerprint.farm(text)
      return Int64(hash % UInt64(free)) + (maskValue == nil ? 0 : 1)
    }
    return Tensor(numbers, shape: [texts.count]).encoded(outputMode, depth: numBins)
  }

  /// The bins of whole numbers, which are hashed as texts.
  public func callAsFunction(_ numbers: [Int]) throws -> Tensor { try self(numbers.map(String.init)) }
}

extension Hashing: Codable, Hashable, Sendable {}
