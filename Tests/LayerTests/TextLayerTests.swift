import Foundation
import Testing

@testable import Cajal

/// Texts as numbers against Keras 3.
@Suite struct TextLayerTests {
  struct Golden: Decodable {
    enum Values: Decodable {
      case numbers([Double])
      case texts([String])

      init(from decoder: Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let numbers = try? container.decode([Double].self) {
          self = .numbers(numbers)
        } else {
          self = .texts(try container.decode([String].self))
        }
      }
    }
    var texts: [String]
    var sentences: [String]
    var words: [String]
    var rows: [String: Values]

    func numbers(_ name: String) throws -> [Double] {
      guard case .numbers(let values)? = rows[name] else { throw CocoaError(.coderValueNotFound) }
      return values
    }
    func texts(_ name: String) throws -> [String] {
      guard case .texts(let values)? = rows[name] else { throw CocoaError(.coderValueNotFound) }
      return values
    }
  }

  private let golden: Golden

  init() throws { golden = try goldenValue("text_layers.json", as: Golden.self) }

  private func check(_ name: String, _ ours: Tensor) throws {
    #expect(agree(ours.cast(to: .float32).floats, try golden.numbers(name), tolerance: 1e-5), "\(name)")
  }

  @Test func hashes() throws {
    try check("hashing", Hashing(numBins: 1000)(golden.texts))
    try check("hashing-salt", Hashing(numBins: 1000, salt: [133, 137])(golden.texts))
    try check("hashing-one-salt", Hashing(numBins: 97, salt: [5])(golden.texts))
    try check("hashing-mask", Hashing(numBins: 50, maskValue: "red")(golden.texts))
    try check("hashing-numbers", Hashing(numBins: 64)([0, 1, 2, 12345, -7]))
    try check("crossing", HashedCrossing(numBins: 50)([golden.words, golden.words.reversed()]))
    try check("crossing-numbers", HashedCrossing(numBins: 50)([[1, 2, 3], [30, 20, 10]]))
    #expect(throws: CajalError.self) { try Hashing(numBins: 1, maskValue: "a")(["b"]) }
    #expect(throws: CajalError.self) { try HashedCrossing(numBins: 5)([["a"], []]) }
  }

  @Test func lookups() throws {
    let vocabulary = ["red", "green"], words = golden.words
    try check("lookup", StringLookup(vocabulary: vocabulary)(words))
    try check("lookup-several", StringLookup(numOovIndices: 3, vocabulary: vocabulary)(words))
    try check("lookup-mask", StringLookup(maskToken: "blue", vocabulary: vocabulary)(words))
    let rows = [Array(words[..<4]), Array(words[4...])]
    try check("lookup-multi-hot", StringLookup(vocabulary: vocabulary, outputMode: .multiHot)(rows))
    var adapted = StringLookup(maxTokens: 4)
    adapted.adapt(words)
    try check("lookup-adapted", adapted(words))
    #expect(["[UNK]"] + adapted.vocabulary == (try golden.texts("lookup-vocabulary")))
    #expect(adapted.texts(try adapted(["blue", "pink"])) == ["blue", "[UNK]"])
    #expect(throws: CajalError.self) { try StringLookup(numOovIndices: 0, vocabulary: vocabulary)(["pink"]) }
    let read = try JSONDecoder().decode(StringLookup.self, from: JSONEncoder().encode(adapted))
    #expect(read == adapted)
  }

  @Test func sentences() throws {
    let layers: [String: TextVectorization] = [
      "vectors": TextVectorization(),
      "vectors-length": TextVectorization(outputSequenceLength: 3),
      "vectors-few": TextVectorization(maxTokens: 5),
      "vectors-case": TextVectorization(standardize: nil),
      "vectors-ngrams": TextVectorization(ngrams: [1, 2]),
      "vectors-characters": TextVectorization(split: .character),
      "vectors-multi-hot": TextVectorization(outputMode: .multiHot),
      "vectors-count": TextVectorization(ngrams: [2], outputMode: .count),
      "vectors-tf-idf": TextVectorization(outputMode: .tfIdf),
      "vectors-padded": TextVectorization(maxTokens: 20, outputMode: .count, padToMaxTokens: true),
    ]
    for (name, layer) in layers {
      var layer = layer
      layer.adapt(golden.sentences)
      #expect(layer.vocabulary == (try golden.texts(name + "-vocabulary")), "\(name)")
      try check(name, layer(golden.sentences))
    }
  }

  @Test func adaptedToNumbers() throws {
    let data = Tensor(try golden.numbers("bins-data").map(Float.init), shape: [75, 4])
    var bins = Discretization(numBins: 5)
    try bins.adapt(data)
    #expect(agree(try #require(bins.binBoundaries).map { Float($0) }, try golden.numbers("bins"), tolerance: 1e-5))
    var normalization = Normalization()
    try normalization.adapt(data)
    let model = try Model(normalization, inputShape: [4])
    #expect(model.variables.map(\.name) == ["mean", "variance", "count"])
    try check("normalized", model.predict(data[0..<3]))
    var lookup = IntegerLookup(maxTokens: 4)
    lookup.adapt([5, 9, 5, 7, 7, 2, 9, 5])
    #expect([-1] + lookup.vocabulary == (try golden.numbers("integer-vocabulary")).map { Int($0) })
  }
}
