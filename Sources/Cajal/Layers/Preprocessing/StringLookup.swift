import Foundation

/// Texts as the numbers of their places in a vocabulary.
///
/// A plain value, no part of a model: it makes arrays of numbers that a model takes. Numbers begin with the padding (0,
/// where there is a `maskToken` and numbers are wanted), then come `numOovIndices` numbers of unknown texts, then the
/// vocabulary.
/// Shapes: n texts → `int64` `[n]`, rows of n texts → `[rows, n]`; or rows of the vocabulary as in `CategoryEncoding`.
/// Errors: an unknown text where there is no number for it, use without a vocabulary.
/// Example: `var lookup = StringLookup(); lookup.adapt(words); let numbers = try lookup(["one", "two"])`
public struct StringLookup {
  /// The largest size of the vocabulary with all special numbers; nil for any.
  public var maxTokens: Int?
  /// How many numbers unknown texts share; with several a hash chooses, with 0 they are an error.
  public var numOovIndices: Int
  /// The text of padding, number 0; nil for none.
  public var maskToken: String?
  /// The text that unknown numbers become on the way back.
  public var oovToken: String
  /// The texts in the order of their numbers, without the special ones.
  public var vocabulary: [String]
  /// A weight for each text of the vocabulary, for `.tfIdf`.
  public var idfWeights: [Double]?
  /// What is given for the numbers.
  public var outputMode: CategoryOutput
  /// Whether rows have `maxTokens` columns even where the vocabulary is smaller.
  public var padToMaxTokens: Bool

  /// Describes the lookup; each option is the property of that name.
  public init(
    maxTokens: Int? = nil, numOovIndices: Int = 1, maskToken: String? = nil, oovToken: String = "[UNK]",
    vocabulary: [String] = [], idfWeights: [Double]? = nil, outputMode: CategoryOutput = .int,
    padToMaxTokens: Bool = false
  ) {
    self.maxTokens = maxTokens
    self.numOovIndices = numOovIndices
    self.maskToken = maskToken
    self.oovToken = oovToken
    self.vocabulary = vocabulary
    self.idfWeights = idfWeights
    self.outputMode = outputMode
    self.padToMaxTokens = padToMaxTokens
  }

  private var hasMask: Bool { maskToken != nil && outputMode == .int }
  private var first: Int { (hasMask ? 1 : 0) + numOovIndices }
  /// How many numbers there are, the special ones among them.
  public var vocabularySize: Int { first + vocabulary.count }

  /// Makes the vocabulary of the texts of documents, the most frequent ones first, and their weights.
  ///
  /// Of texts that are as frequent the later one in the alphabet comes first, as in Keras. Weights are ln(1 + documents
  /// / (1 + documents with the text)).
  public mutating func adapt(_ documents: [[String]]) {
    var counts: [String: Int] = [:]
    var documentsWith: [String: Int] = [:]
    for document in documents {
      for text in document { counts[text, default: 0] += 1 }
      for text in Set(document) { documentsWith[text, default: 0] += 1 }
    }
    for special in [maskToken, oovToken].compactMap({ $0 }) { counts[special] = nil }
    counts[""] = nil
    var texts = counts.sorted { $0.value != $1.value ? $0.value > $1.value : precedes($1.key, $0.key) }.map(\.key)
    if let maxTokens { texts = Array(texts.prefix(max(maxTokens - first, 0))) }
    vocabulary = texts
    if outputMode == .tfIdf {
      idfWeights = texts.map { log1p(Double(documents.count) / (1 + Double(documentsWith[$0] ?? 0))) }
    }
  }

  /// Makes the vocabulary of texts, each a document of its own.
  public mutating func adapt(_ texts: [String]) { adapt(texts.map { [$0] }) }

  /// The numbers of texts.
  public func callAsFunction(_ texts: [String]) throws -> Tensor {
    try encoded(try numbers(texts), shape: [texts.count])
  }

  /// The numbers of rows of texts, all of one length.
  public func callAsFunction(_ rows: [[String]]) throws -> Tensor {
    let count = rows.first?.count ?? 0
    guard rows.allSatisfy({ $0.count == count }) else {
      throw CajalError(
        .shape, "StringLookup", expected: "rows of one length", given: "the lengths are \(rows.map(\.count))")
    }
    return try encoded(try numbers(rows.flatMap { $0 }), shape: [rows.count, count])
  }

  /// The texts of numbers: the way back.
  public func texts(_ numbers: Tensor) -> [String] {
    numbers.cast(to: .int64).scalars(as: Int64.self).map { number in
      let place = Int(number) - first
      if vocabulary.indices.contains(place) { return vocabulary[place] }
      return hasMask && number == 0 ? maskToken ?? "" : oovToken
    }
  }

  func numbers(_ texts: [String]) throws -> [Int64] {
    let places = Dictionary(zip(vocabulary, 0...), uniquingKeysWith: { first, _ in first })
    return try texts.map { text in
      if hasMask, text == maskToken { return 0 }
      if let place = places[text] { return Int64(first + place) }
      guard numOovIndices > 0 else {
        throw CajalError(
          .missing, "StringLookup", expected: "texts of the vocabulary", given: "there is \"\(text.prefix(40))\"",
          advice: "Give unknown texts a number: numOovIndices: 1.")
      }
      let own = numOovIndices > 1 ? Int64(Fingerprint.farm(text) % UInt64(numOovIndices)) : 0
      return own + (hasMask ? 1 : 0)
    }
  }

  func encoded(_ numbers: [Int64], shape: Shape) throws -> Tensor {
    let size = padToMaxTokens ? max(maxTokens ?? 0, vocabularySize) : vocabularySize
    let rows = Tensor(numbers, shape: shape).encoded(outputMode, depth: size)
    guard outputMode == .tfIdf else { return rows }
    guard let idfWeights, idfWeights.count == vocabulary.count else {
      throw CajalError(
        .argument, "StringLookup", expected: "a weight for each of \(vocabulary.count) texts",
        given: "there are \(idfWeights?.count ?? 0)", advice: "Call adapt, or give idfWeights.")
    }
    // Unknown texts weigh as much as the mean.
    let mean = idfWeights.reduce(0, +) / Double(max(idfWeights.count, 1))
    let weights = Array(repeating: mean, count: first) + idfWeights
    let padded = weights + Array(repeating: 0, count: size - weights.count)
    return rows * Tensor(padded.map(Float.init), shape: [size])
  }
}

extension StringLookup: Codable, Hashable, Sendable {}

/// The order of two texts by the numbers of their characters, as Python sorts them.
private func precedes(_ a: String, _ b: String) -> Bool {
  a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars)
}
