import Foundation

/// Sentences as numbers of their words: lower case, no punctuation, cut at spaces, looked up in a vocabulary.
///
/// A plain value, no part of a model: it makes arrays of numbers that a model takes. Number 0 is padding, 1 an unknown
/// word, then comes the vocabulary; rows of counts have no padding.
/// Shapes: n sentences → `int64` `[n, words of the longest]`, or `[n, outputSequenceLength]`; rows of the vocabulary for
/// other output modes.
/// Example: `var vectors = TextVectorization(maxTokens: 1000); vectors.adapt(reviews); let x = try vectors(reviews)`
public struct TextVectorization {
  /// What is done to sentences first.
  public enum Standardization: String, Hashable, Sendable, Codable {
    /// Lower case, and no punctuation.
    case lowerAndStripPunctuation = "lower_and_strip_punctuation"
    /// Lower case.
    case lower
    /// No punctuation.
    case stripPunctuation = "strip_punctuation"
  }
  /// Where sentences are cut.
  public enum Split: String, Hashable, Sendable, Codable {
    /// At white space.
    case whitespace
    /// Between all characters.
    case character
  }

  /// What is done to sentences first; nil for nothing.
  public var standardize: Standardization?
  /// Where sentences are cut; nil for nowhere.
  public var split: Split?
  /// Sizes of runs of words that count as one word, `[1, 2]` for single words and pairs; nil for single words.
  public var ngrams: [Int]?
  /// How long rows of numbers are; the longest sentence's length by default.
  public var outputSequenceLength: Int?
  /// The vocabulary and its numbers.
  public var lookup: StringLookup

  /// Describes the layer; each option is the property of that name, or the lookup's.
  public init(
    maxTokens: Int? = nil, standardize: Standardization? = .lowerAndStripPunctuation, split: Split? = .whitespace,
    ngrams: [Int]? = nil, outputMode: CategoryOutput = .int, outputSequenceLength: Int? = nil,
    padToMaxTokens: Bool = false, vocabulary: [String] = [], idfWeights: [Double]? = nil
  ) {
    self.standardize = standardize
    self.split = split
    self.ngrams = ngrams
    self.outputSequenceLength = outputSequenceLength
    lookup = StringLookup(
      maxTokens: maxTokens, maskToken: "", vocabulary: vocabulary, idfWeights: idfWeights, outputMode: outputMode,
      padToMaxTokens: padToMaxTokens)
  }

  /// Makes the vocabulary of the words of sentences, the most frequent ones first.
  public mutating func adapt(_ sentences: [String]) { lookup.adapt(sentences.map(words)) }

  /// The words of the vocabulary with the special ones before them, in the order of their numbers.
  public var vocabulary: [String] {
    (lookup.outputMode == .int ? ["", lookup.oovToken] : [lookup.oovToken]) + lookup.vocabulary
  }

  /// The numbers of sentences' words.
  public func callAsFunction(_ sentences: [String]) throws -> Tensor {
    let rows = sentences.map(words)
    let longest = rows.map(\.count).max() ?? 0
    guard lookup.outputMode == .int else {
      // Rows of different lengths: each is counted by itself.
      let counted = try rows.map { try lookup.encoded(try lookup.numbers($0), shape: [1, $0.count]) }
      return Tensor.concatenate(counted, axis: 0)
    }
    let length = outputSequenceLength ?? longest
    let padded = try rows.flatMap { row in
      let numbers = try lookup.numbers(Array(row.prefix(length)))
      return numbers + Array(repeating: 0, count: length - numbers.count)
    }
    return Tensor(padded, shape: [sentences.count, length])
  }

  /// The words of a sentence, with runs of words where they are asked for.
  public func words(_ sentence: String) -> [String] {
    var text = sentence
    if standardize == .lower || standardize == .lowerAndStripPunctuation { text = text.lowercased() }
    if standardize == .stripPunctuation || standardize == .lowerAndStripPunctuation {
      let punctuation = Set("!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'".unicodeScalars)
      text = String(String.UnicodeScalarView(text.unicodeScalars.filter { !punctuation.contains($0) }))
    }
    var words: [String]
    switch split {
    case .whitespace: words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    case .character: words = text.unicodeScalars.map { String($0) }
    case nil: words = [text]
    }
    guard let ngrams, !ngrams.isEmpty else { return words }
    return ngrams.flatMap { size in
      size < 1 || words.count < size
        ? [] : (0...(words.count - size)).map { words[$0..<($0 + size)].joined(separator: " ") }
    }
  }
}

extension TextVectorization: Codable, Hashable, Sendable {}
