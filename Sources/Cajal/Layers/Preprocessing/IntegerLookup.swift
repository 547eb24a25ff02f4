/// Whole numbers as the numbers of their places in a vocabulary.
///
/// Numbers begin with the padding (0, where there is a `maskToken` and numbers are wanted), then come `numOovIndices`
/// numbers of unknown values, chosen by the remainder, then the vocabulary. Each value is compared with the whole
/// vocabulary, which is meant to be small.
/// Shapes: x `[batch, …]` of `int32` or `int64` → `int64` of the same shape, or rows of the vocabulary as in
/// `CategoryEncoding`.
/// Errors: no vocabulary. Without a number for unknown values they get the number -1.
/// Example: `IntegerLookup(vocabulary: [12, 36, 1138, 42])`
public struct IntegerLookup: Layer {
  /// The largest size of the vocabulary with all special numbers; nil for any.
  public var maxTokens: Int?
  /// How many numbers unknown values share.
  public var numOovIndices: Int
  /// The value of padding, number 0; nil for none.
  public var maskToken: Int?
  /// The value that unknown numbers become on the way back.
  public var oovToken: Int
  /// The values in the order of their numbers, without the special ones.
  public var vocabulary: [Int]
  /// Whether the layer goes back from numbers to values.
  public var invert: Bool
  /// What is given for the numbers; `.tfIdf` is none of them.
  public var outputMode: CategoryOutput
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    maxTokens: Int? = nil, numOovIndices: Int = 1, maskToken: Int? = nil, oovToken: Int = -1, vocabulary: [Int] = [],
    invert: Bool = false, outputMode: CategoryOutput = .int, name: String? = nil
  ) {
    self.maxTokens = maxTokens
    self.numOovIndices = numOovIndices
    self.maskToken = maskToken
    self.oovToken = oovToken
    self.vocabulary = vocabulary
    self.invert = invert
    self.outputMode = outputMode
    self.name = LayerName(name)
  }

  private var hasMask: Bool { maskToken != nil && outputMode == .int }
  private var first: Int { (hasMask ? 1 : 0) + numOovIndices }

  /// Makes the vocabulary of values, the most frequent ones first; of equally frequent ones the larger comes first.
  public mutating func adapt(_ values: [Int]) {
    var counts: [Int: Int] = [:]
    for value in values where value != maskToken && value != oovToken { counts[value, default: 0] += 1 }
    let sorted = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key > $1.key }.map(\.key)
    vocabulary = maxTokens.map { Array(sorted.prefix(max($0 - first, 0))) } ?? sorted
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demand(!vocabulary.isEmpty, expected: "a vocabulary", given: "there is none", advice: "Call adapt first.")
    try demand(
      numOovIndices >= 0 && outputMode != .tfIdf, expected: "numOovIndices of at least 0, and no weights",
      given: "they are \(numOovIndices) and \(outputMode)")
    let x = input.cast(to: .int64)
    let values = Tensor(vocabulary.map(Int64.init), shape: [vocabulary.count])
    let places = Tensor.range(vocabulary.count, dtype: .int64) + Double(first)
    if invert {
      let isPlace = x.expandingDimension(at: -1) .== places
      let found = isPlace.cast(to: .int64)
      let known = (found * values).sum(axes: [-1])
      let unknown = (1 - found.sum(axes: [-1])) * Double(oovToken)
      guard hasMask, let maskToken else { return known + unknown }
      return (x .== 0).select(x.filled(Double(maskToken)), known + unknown)
    }
    let found = (x.expandingDimension(at: -1) .== values).cast(to: .int64)
    let isKnown = found.sum(axes: [-1]) .> 0
    let unknown =
      numOovIndices > 1
      ? x.modulo(x.filled(Double(numOovIndices))) + (hasMask ? 1 : 0)
      : x.filled(numOovIndices == 0 ? -1 : hasMask ? 1 : 0)
    var numbers = isKnown.select((found * places).sum(axes: [-1]), unknown)
    if hasMask, let maskToken { numbers = (x .== Double(maskToken)).select(x.filled(0), numbers) }
    return numbers.encoded(outputMode, depth: first + vocabulary.count)
  }
}
